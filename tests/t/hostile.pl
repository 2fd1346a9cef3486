#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# hostile.pl KIND BYTES FILE: a trace.dat of about that size which asks for much more: what KIND says, as
# often as fits. Each is a file that opens, or is refused for its greed alone.
use strict;
use warnings;

my ($kind, $bytes, $file) = @ARGV;

sub field { my ($type, $name, $at, $size) = @_; "\tfield:$type $name;\toffset:$at;\tsize:$size;\tsigned:0;\n" }
sub format_of {
	my ($name, $id, @fields) = @_;
	my $at = 8;
	my $text = "name: $name\nID: $id\nformat:\n" . field('unsigned short', 'common_type', 0, 2) .
		field('unsigned char', 'common_flags', 2, 1) . field('int', 'common_pid', 4, 4) . "\n";
	for (@fields) { my ($f, $size) = @$_; $text .= field('unsigned int', $f, $at, $size); $at += $size }
	"$text\nprint fmt: \"\"\n";
}
my %events = (
	kvm => [ format_of('kvm_ipi_track', 10, ['vm_id', 4], ['vm_pid', 4], ['src_vcpu_id', 4], ['dst_vcpu_id', 4],
			['dst_cpu', 4], ['vector', 1], ['path', 1], ['dst_state', 1]),
		 format_of('kvm_entry', 11, ['vcpu_id', 4]),
		 format_of('kvm_exit', 12, ['vcpu_id', 4], ['exit_reason', 4]),
		 format_of('kvm_apic_ipi', 13, ['icr_low', 4], ['dest_id', 4]),
		 format_of('kvm_apic_accept_irq', 14, ['apicid', 4], ['dm', 2], ['tm', 2], ['vec', 1]),
		 format_of('kvm_eoi', 15, ['apicid', 4], ['vector', 4]) ],
	sched => [ format_of('sched_switch', 20, ['prev_pid', 4], ['prev_state', 8], ['next_pid', 4]),
		   format_of('sched_wakeup', 21, ['pid', 4], ['target_cpu', 4]) ],
);

sub formats {
	my $more = shift || [];
	my $out = pack('L', 2);
	for my $system ('kvm', 'sched') {
		my @list = (@{$events{$system}}, $system eq 'kvm' ? @$more : ());
		$out .= "$system\0" . pack('L', scalar @list) . join('', map { pack('Q', length) . $_ } @list);
	}
	$out;
}
sub header_info {
	my $page = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n";
	"header_page\0" . pack('Q', length $page) . $page . "header_event\0" . pack('Q', 3) . 'any';
}
sub option { my ($id, $data) = @_; pack('SL', $id, length $data) . $data }
sub section { my ($id, $data, $flags) = @_; pack('SSLQ', $id, $flags || 0, 0, length $data) . $data }

# Pages full of records: the i-th payload comes from a function, which ends them with undef.
sub pages {
	my ($size, $payload, $step) = @_;
	my ($out, $page, $i, $ts) = ('', '', 0, 1000);
	while (defined(my $p = $payload->($i++))) {
		if (length($page) + 12 + length $p > $size - 16) {
			$out .= pack('QQ', $ts, length $page) . $page . "\0" x ($size - 16 - length $page);
			$page = '';
		}
		$page .= pack('LL', ($step & 0x7ffffff) << 5 | 30, $step >> 27) if $step >> 27;
		$page .= pack('L', ($step >> 27 ? 0 : $step) << 5 | length($p) / 4) . $p;
		$ts += $step;
	}
	$out . pack('QQ', $ts, length $page) . $page . "\0" x ($size - 16 - length $page);
}
sub track { my ($vm, $src, $dst, $vector) = @_; pack('SCClLlLLlCCCC', 10, 0, 0, 7, $vm, $vm >> 4, $src, $dst, 1, $vector & 255, 0, 2, 0) }
sub upto { my ($len, $f) = @_; my $n = int($bytes / ($len + 4)); sub { $_[0] < $n ? $f->($_[0]) : undef } }

# A version 7: texts, options, one buffer, its data; what is asked for goes in between.
sub v7 {
	my %o = (page => 4096, codec => 'none', data => '', options => '', formats => formats(), cpus => undef,
		 cmdlines => "7 qemu\n", buffers => '', flags => 0, @_);
	my $out = "\x17\x08\x44tracing7\0\0\x08" . pack('L', $o{page}) . "$o{codec}\0" . "1.5.4\0";
	my $first = length $out;
	$out .= pack('Q', 0);
	my $at = length $out;
	my $options = option(16, pack('Q', $at));
	$out .= section(16, header_info());
	$options .= option(18, pack('Q', length $out));
	$out .= section(18, $o{formats}, $o{formats_flags});
	$options .= option(21, pack('Q', length $out));
	$out .= section(21, pack('Q', length $o{cmdlines}) . $o{cmdlines});
	my $buffer = length $out;
	$out .= section(3, $o{data}, $o{flags});
	my $data = $buffer + 16;
	my @cpus = $o{cpus} ? $o{cpus}->($data, length $o{data}) : ([0, $data, length $o{data}]);
	$options .= option(3, pack('Q', $buffer) . "\0local\0" . pack('LL', $o{page}, scalar @cpus) .
		join('', map { pack('LQQ', @$_) } @cpus));
	$options .= option(3, pack('Q', $buffer) . "b\0local\0" . pack('LL', 64, 0)) x $o{more_buffers} if $o{more_buffers};
	$options .= $o{options} . option(0, pack('Q', 0));
	substr($out, $first, 8) = pack('Q', length $out);
	$out . section(0, $options);
}
sub v6 {
	my ($cpus, $instances) = @_;
	my $out = "\x17\x08\x44tracing6\0\0\x08" . pack('L', 64) . header_info() . pack('L', 0) . formats() .
		pack('LLQ', 0, 0, 0) . pack('L', $cpus) . "options  \0";
	my $table = length($out) + $instances * 16 + 2;
	$out .= option(3, pack('Q', $table) . "i\0") x $instances . pack('S', 0);
	$out .= "flyrecord\0" . pack('QQ', 0, 0) x $cpus;
	$out;
}
sub zeros { my $n = shift; local $/; open(my $z, '-|', "head -c $n /dev/zero | zstd -q") or die; <$z> }

my %kinds = (
	# Index and sections.
	'same-data' => sub { my $half = int($bytes / 2 / 4096) * 4096;
		v7(data => pages(4096, do { my $n = $half / 36; sub { $_[0] < $n - 200 ? track(1, 0, 1, 9) : undef } }, 100),
		   cpus => sub { map { [$_, @_] } 0 .. $bytes / 40 }) },
	'shared-tables' => sub { v6(int($bytes / 32), int($bytes / 32)) },
	'tiny-pages' => sub { my $nr = int($bytes / 84);
		v7(page => 64, data => join('', (pack('QQ', 1000, 36) . pack('L', 8) . track(1, 0, 1, 9) . "\0" x 12) x $nr),
		   cpus => sub { my $at = $_[0]; map { [$_, $at + 64 * $_, 64] } 0 .. $nr - 1 }) },
	'many-buffers' => sub { v7(data => pages(4096, sub { $_[0] < 9 ? track(1, 0, 1, 9) : undef }, 10),
		   more_buffers => int($bytes / 33)) },
	# Packed.
	'bomb' => sub { my $f = zeros(16 << 20); my $chunk = pack('LL', length $f, 16 << 20) . $f;
		my $nr = int($bytes / length $chunk); v7(codec => 'zstd', flags => 1, data => pack('L', $nr) . $chunk x $nr) },
	'small-bombs' => sub { my $f = zeros(65536); my $chunk = pack('LLL', 1, length $f, 65536) . $f;
		my $nr = int($bytes / (20 + length $chunk));
		v7(codec => 'zstd', flags => 1, data => $chunk x $nr,
		   cpus => sub { my $at = $_[0]; map { [$_, $at + $_ * length $chunk, length($chunk) - 4] } 0 .. $nr - 1 }) },
	'packed-formats' => sub { my $f = zeros(60 << 20) . "\x50\x2a\x4d\x18" . pack('L', $bytes - 20000) . "\0" x ($bytes - 20000);
		v7(codec => 'zstd', formats => pack('LL', length $f, 60 << 20) . $f, formats_flags => 1,
		   data => pages(4096, sub { $_[0] < 9 ? track(1, 0, 1, 9) : undef }, 10)) },
	# Texts and options.
	'formats' => sub { my $n = int($bytes / 62); v7(formats => formats([ map { "name: e$_\nID: 10\nformat:\n\nprint fmt: \"\"\n" } 1 .. $n ]),
		data => pages(4096, sub { $_[0] < 9 ? pack('SSL', 10, 0, 0) : undef }, 10)) },
	'guests' => sub { v7(options => join('', map { option(13, "g$_\0" . pack('QLLL', $_, 1, 0, 1000 + $_)) } 1 .. $bytes / 34),
		data => pages(4096, sub { $_[0] < 9 ? track(1, 0, 1, 9) : undef }, 10)) },
	'cmdlines' => sub { v7(cmdlines => join('', map { "$_ CPU $_/KVM\n" } 1 .. $bytes / 20),
		data => pages(4096, sub { $_[0] < 99 ? track(1, 0, 1, 9) : undef }, 10)) },
	'clocks' => sub { v7(options => join('', (option(4, "[local]\0") . option(5, "Linux a 6.1.2\0")) x int($bytes / 34)),
		data => pages(4096, sub { $_[0] < 9 ? track(1, 0, 1, 9) : undef }, 10)) },
	# Records.
	'vcpus' => sub { v7(data => pages(4096, upto(32, sub { track(1, $_[0], $_[0] + 1, $_[0]) }), 100)) },
	'vms' => sub { v7(data => pages(4096, upto(32, sub { track($_[0], 0, 1, 9) }), 100)) },
	'senders' => sub { v7(data => pages(4096, upto(32, sub { track(1, $_[0] % 1024, $_[0] / 1024, 9) }), 100)) },
	'far-times' => sub { v7(data => pages(4096, upto(40, sub { track(1, $_[0] % 4, 4, 9) }), 1 << 45)) },
	'gaps' => sub { my $nr = int($bytes / 64);
		v7(page => 64, data => join('', map { pack('QQ', 1000 * $_, 36 | 1 << 31) . pack('L', 8) . track(1, $_ % 5, 5, 9) . "\0" x 12 } 1 .. $nr)) },
	'threads' => sub { v7(data => pages(4096, upto(24, sub { my $i = $_[0]; $i % 2 ?
		pack('SCClLQl', 20, 0, 0, $i, $i, 0, $i + 1) : pack('SCClLL', 12, 0, 0, $i, $i, 40) . "\0" x 8 }), 100)) },
	'stock' => sub { v7(data => pages(4096, upto(20, sub { my $i = $_[0]; my $t = int($i / 4);
		[ pack('SCClL', 12, 0, 0, $t, $t) . pack('L', 0), pack('SCClLL', 13, 0, 0, $t, 0x4000 | $i % 200, 1),
		  pack('SCClLSSCx3', 14, 0, 0, $t, $t + 1, 0, 0, $i % 200), pack('SCClL', 11, 0, 0, $t, $t) ]->[$i % 4] }), 100)) },
	'long-stay' => sub { v7(data => pages(4096, upto(20, sub { my $i = $_[0]; $i % 2 ?
		pack('SCClLL', 13, 0, 0, 7, 0x4000 | 9, 1) : pack('SCClLSSCx3', 14, 0, 0, 7, $i, 0, 0, 9) }), 100)) },
);

if ($kind eq 'list') {
	print "$_\n" for sort keys %kinds;
	exit;
}
open(my $out, '>:raw', $file) or die "$file: $!\n";
print $out $kinds{$kind}->();
close($out) or die;
