#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# plant.pl [--clock NAME] [--comm PID=NAME] FILE <EVENTS: a trace.dat (version 6) of the events that are
# told on standard input, one a line in the order of time:
#
#	TIME CPU THREAD EVENT VALUE...
#
#	track VM_PID VM_ID SRC DST VECTOR [STATE [PATH]]	entry VCPU	exit VCPU REASON [RIP]
#	ipi ICR DEST	accept APICID VECTOR	inj VECTOR	eoi APICID VECTOR
#	switch PREV STATE NEXT	wakeup PID TARGET_CPU	mark TEXT
#
# TIME is in units of the clock. NAMEs and TEXT are taken as they are, with \xNN for a byte.
use strict;
use warnings;

my ($clock, @comms) = ('local');
while (@ARGV > 1) {
	my $option = shift;
	if ($option eq '--clock') { $clock = bytes(shift) }
	elsif ($option eq '--comm') { push @comms, bytes(shift) }
	else { die "plant.pl: what is $option?\n" }
}
my $file = shift or die "plant.pl: no FILE\n";

sub bytes { my $s = shift; $s =~ s/\\x([0-9a-fA-F]{2})/chr hex $1/ge; $s }

my (%format, %pack, %id);
sub event {
	my ($key, $system, $name, @fields) = @_;
	my $id = 300 + keys %format;
	my ($at, $pack) = (8, '');
	my $text = "name: $name\nID: $id\nformat:\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" .
		"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" .
		"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" .
		"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";
	for (@fields) {
		my ($type, $field, $size, $sign) = @$_;
		$text .= "\tfield:$type $field;\toffset:$at;\tsize:$size;\tsigned:" . ($sign ? 1 : 0) . ";\n";
		$at += $size;
		$pack .= { 1 => 'C', 2 => 'S', 4 => $sign ? 'l' : 'L', 8 => $sign ? 'q' : 'Q' }->{$size};
	}
	push @{$format{$system}}, "$text\nprint fmt: \"\"\n";
	($id{$key}, $pack{$key}) = ($id, $pack);
	$format{$key} = undef;
}
event('track', 'kvm', 'kvm_ipi_track', ['unsigned int', 'vm_id', 4], ['int', 'vm_pid', 4, 1],
	['unsigned int', 'src_vcpu_id', 4], ['unsigned int', 'dst_vcpu_id', 4], ['int', 'dst_cpu', 4, 1],
	['unsigned char', 'vector', 1], ['unsigned char', 'path', 1], ['unsigned char', 'dst_state', 1]);
event('entry', 'kvm', 'kvm_entry', ['unsigned int', 'vcpu_id', 4]);
event('exit', 'kvm', 'kvm_exit', ['unsigned int', 'exit_reason', 4], ['unsigned int', 'vcpu_id', 4],
	['unsigned int', 'isa', 4], ['unsigned long', 'guest_rip', 8]);
event('ipi', 'kvm', 'kvm_apic_ipi', ['unsigned int', 'icr_low', 4], ['unsigned int', 'dest_id', 4]);
event('accept', 'kvm', 'kvm_apic_accept_irq', ['unsigned int', 'apicid', 4], ['unsigned short', 'dm', 2],
	['unsigned short', 'tm', 2], ['unsigned char', 'vec', 1]);
event('inj', 'kvm', 'kvm_inj_virq', ['unsigned int', 'vector', 4]);
event('eoi', 'kvm', 'kvm_eoi', ['unsigned int', 'apicid', 4], ['int', 'vector', 4, 1]);
event('switch', 'sched', 'sched_switch', ['int', 'prev_pid', 4, 1], ['long', 'prev_state', 8, 1],
	['int', 'next_pid', 4, 1]);
event('wakeup', 'sched', 'sched_wakeup', ['int', 'pid', 4, 1], ['int', 'target_cpu', 4, 1]);
$id{mark} = 5;

sub values_of {
	my ($event, @v) = @_;
	return pack('Q', 0) . bytes("@v") . "\0" if $event eq 'mark';
	return pack('LlLLlCCC', @v[1, 0, 2, 3], 0, $v[4], $v[6] || 0, $v[5] || 0) if $event eq 'track';
	return pack('LLLq', $v[1], $v[0], 2, $v[2] // -2130706432) if $event eq 'exit';
	return pack('LSSC', $v[0], 0, 0, $v[1]) if $event eq 'accept';
	defined $pack{$event} or die "plant.pl: no event $event\n";
	return pack($pack{$event}, @v);
}

my (%page, %out, %last);
sub flush_page {
	my $cpu = shift;
	return unless $page{$cpu};
	my ($ts, $data) = @{$page{$cpu}};
	$out{$cpu} .= pack('QQ', $ts, length $data) . $data . "\0" x (4080 - length $data);
	delete $page{$cpu};
}
my $cpus = 1;
while (<STDIN>) {
	next if /^\s*(#|$)/;
	chomp;
	my ($ts, $cpu, $pid, $event, @v) = split;
	my $record = pack('SCCl', $id{$event}, 0, 0, $pid) . values_of($event, @v);
	$record .= "\0" while length($record) % 4;
	$cpus = $cpu + 1 if $cpu >= $cpus;
	# A page has the time of its first record; back in time only a new one goes.
	flush_page($cpu) if $page{$cpu} && $ts < $last{$cpu};
	flush_page($cpu) if $page{$cpu} && length($page{$cpu}[1]) + length($record) + 20 > 4080;
	$page{$cpu} //= [ $ts, '' ];
	my $step = $ts - ($page{$cpu}[1] eq '' ? $ts : $last{$cpu});
	$page{$cpu}[1] .= pack('LL', ($step & 0x7ffffff) << 5 | 30, $step >> 27) if $step >> 27;
	$step = 0 if $step >> 27;
	# Over 112 bytes the length is a word of its own.
	$page{$cpu}[1] .= length($record) > 112 ? pack('LL', $step << 5, length($record) + 4) :
		pack('L', $step << 5 | length($record) / 4);
	$page{$cpu}[1] .= $record;
	$last{$cpu} = $ts;
}
flush_page($_) for 0 .. $cpus - 1;

my $page_text = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n" .
	"\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;\n";
my $out = "\x17\x08\x44tracing6\0\0\x08" . pack('L', 4096);
$out .= "header_page\0" . pack('Q', length $page_text) . $page_text . "header_event\0" . pack('Q', 3) . 'any';
$out .= pack('L', 0) . pack('L', 2);
for my $system ('kvm', 'sched') {
	$out .= "$system\0" . pack('L', scalar @{$format{$system}});
	$out .= pack('Q', length) . $_ for @{$format{$system}};
}
my $names = join '', map { my ($pid, $name) = split /=/, $_, 2; "$pid $name\n" } @comms;
$out .= pack('L', 0) . pack('L', 0) . pack('Q', length $names) . $names . pack('L', $cpus);
my $list = "[$clock]";
$out .= "options  \0" . pack('SL', 4, length $list) . $list . pack('S', 0) . "flyrecord\0";
my $at = (length($out) + 16 * $cpus + 4095) & ~4095;
my $data = '';
for (0 .. $cpus - 1) {
	my $d = $out{$_} // '';
	$out .= pack('QQ', $at + length $data, length $d);
	$data .= $d;
}
$out .= "\0" x ($at - length $out);
open my $f, '>:raw', $file or die "plant.pl: $file: $!\n";
print $f $out, $data or die "plant.pl: $file: $!\n";
close $f or die "plant.pl: $file: $!\n";
