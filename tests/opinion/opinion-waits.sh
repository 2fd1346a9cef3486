#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opinion-waits.sh FILE: how long spins waited, from the text of trace-cmd report, by another way than
# the program's: "nr_ended nr_unknown p50 p90 p99 max" in ns, exact nearest ranks.
#
# For recordings of one VM, from an AMD host, without gaps, in which every kvm_apic_ipi is tracked or
# self-directed and yield_to() is not probed. A spin is a PAUSE exit. It waits for the receivers of the
# spinner's tracked IPIs of the last 50 ms without an EOI, provided that none of them is on a CPU. The
# wait ends when one of those comes onto a CPU. Each spin is kept in a list of its own.
set -eu
trace-cmd report -t -N "$1" 2>/dev/null | perl -ne '
	next unless /-(\d+)\s+\[(\d+)\]\s*\S*\s*(\d+)\.(\d+): (\w+):\s+(.*)/;
	my ($pid, $cpu, $ts, $event, $text) = ($1, $2, $3 * 1000000000 + $4, $5, $6);
	push @event, [$pid, $cpu, $ts, $event, $text];
	$vcpu{$pid} = $1, $thread{$1} = $pid if $event eq "kvm_entry" && $text =~ /^vcpu (\d+)/;
	END {
		# A spin is searched up to 4 us after its exit; the state is then what it was there.
		for (@event) {
			my ($pid, $cpu, $ts, $event, $text) = @$_;
			settle($ts);
			if ($event eq "sched_switch") {
				my ($prev, $next) = $text =~ /prev_pid=(\d+).*next_pid=(\d+)/;
				settle_of($vcpu{$prev}) if exists $vcpu{$prev};
				delete $running{$vcpu{$prev}} if exists $vcpu{$prev};
				runs($vcpu{$next}, $ts) if exists $vcpu{$next};
			} elsif ($event eq "kvm_ipi_track" && exists $vcpu{$pid}) {
				my ($src, $dst, $vec) = $text =~ /\bvcpu (\d+) -> (?:vcpu )?(\d+).*?vec (?:0x)?([0-9a-f]+)/
					or die "unknown form of kvm_ipi_track: $text\n";
				$out{$src}{$dst}{hex $vec} = $ts;
			} elsif ($event eq "kvm_eoi" && $text =~ /apicid ([0-9a-f]+) vector (\d+)/) {
				delete $_->{hex $1}{$2} for values %out;
			} elsif ($event eq "kvm_exit" && exists $vcpu{$pid} && $text =~ /reason pause/) {
				settle_of($vcpu{$pid});
				push @due, [$ts + 4000, $vcpu{$pid}, $ts];
			} elsif ($event eq "kvm_entry" && exists $vcpu{$pid}) {
				settle_of($vcpu{$pid});
			}
		}
		settle(1 << 62);
		my @w = sort { $a <=> $b } @wait;
		my $rank = sub { my $r = int(($_[0] * @w + 99) / 100); $w[$r - 1] };
		printf "%d %d %d %d %d %d\n", scalar @w, scalar @waiting, @w ? (map { $rank->($_) } 50, 90, 99) : (0, 0, 0),
			@w ? $w[-1] : 0;
	}
	sub settle { my $now = shift;
		my @left;
		for (@due) { $_->[0] <= $now ? spin(@$_) : push @left, $_ }
		@due = @left;
	}
	sub settle_of { my $v = shift;
		my @left;
		for (@due) { $_->[1] == $v ? spin(@$_) : push @left, $_ }
		@due = @left;
	}
	sub spin { my (undef, $v, $ts) = @_;
		my %set;
		for my $dst (keys %{$out{$v}}) {
			for my $sent (values %{$out{$v}{$dst}}) {
				$set{$dst} = 1 if $ts - $sent <= 50_000_000;
			}
		}
		return if !%set || grep { $running{$_} } keys %set;
		push @waiting, [$ts, \%set];
	}
	sub runs { my ($v, $ts) = @_;
		$running{$v} = 1;
		my @left;
		for (@waiting) {
			if ($_->[1]{$v}) { push @wait, $ts - $_->[0] } else { push @left, $_ }
		}
		@waiting = @left;
	}'
