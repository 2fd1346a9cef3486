#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opinion-episodes.sh FILE: wait episodes from the text of trace-cmd report, by another way than the
# program's: "count complete helpable ns spins", in ns and spins of the complete ones.
#
# For recordings as opinion-waits.sh has them: one VM, an AMD host, no gaps, no probes taken into account.
# An episode is a list of the spinner's IPIs that are out; it ends when the list is empty.
set -eu
trace-cmd report -t -N "$1" 2>/dev/null | perl -ne '
	next unless /-(\d+)\s+\[(\d+)\]\s*\S*\s*(\d+)\.(\d+): (\w+):\s+(.*)/;
	push @event, [$1, $3 * 1000000000 + $4, $5, $6];
	$vcpu{$event[-1][0]} = $1 if $event[-1][2] eq "kvm_entry" && $event[-1][3] =~ /^vcpu (\d+)/;
	END {
		for (@event) {
			my ($pid, $ts, $event, $text) = @$_;
			my $v = $vcpu{$pid};
			search($_) for grep { $due{$_}[0] <= $ts } keys %due;
			if ($event eq "sched_switch") {
				my ($prev, $state, $next) = $text =~ /prev_pid=(\d+) .*prev_state=(\S+) .*next_pid=(\d+)/;
				if (defined $vcpu{$prev}) {
					search($vcpu{$prev});
					$state{$vcpu{$prev}} = $state =~ /^R/ ? "runnable" : "asleep";
				}
				$state{$vcpu{$next}} = "running" if defined $vcpu{$next};
			} elsif ($event eq "sched_wakeup") {
				my ($who) = $text =~ /pid=(\d+)/;
				$state{$vcpu{$who}} = "runnable" if defined $vcpu{$who} && $state{$vcpu{$who}} eq "asleep";
			} elsif ($event eq "kvm_ipi_track") {
				my ($src, $dst, $vec) = $text =~ /\bvcpu (\d+) -> (?:vcpu )?(\d+).*?vec (?:0x)?([0-9a-f]+)/
					or die "unknown form of kvm_ipi_track: $text\n";
				$out{$src}{"$dst " . hex $vec} = $ts;
				$list{$src}{"$dst " . hex $vec} = 1 if $list{$src};
			} elsif ($event eq "kvm_eoi" && $text =~ /apicid ([0-9a-f]+) vector (\d+)/) {
				my $key = hex($1) . " $2";
				delete $_->{$key} for values %out;
				for my $who (keys %list) {
					delete $list{$who}{$key};
					close_it($who, $ts) if !%{$list{$who}};
				}
			} elsif ($event eq "kvm_exit" && defined $v && $text =~ /reason pause/) {
				search($v);
				$due{$v} = [$ts + 4000, $ts];
			} elsif ($event eq "kvm_entry" && defined $v) {
				search($v);
			}
		}
		search($_) for keys %due;
		printf "%d %d %d %d %d\n", map { $_ // 0 } $n{count}, $n{complete}, $n{helpable}, $n{ns}, $n{spins};
	}
	sub search {
		my ($v) = @_;
		return unless $due{$v};
		my (undef, $ts) = @{delete $due{$v}};
		my @awaited = grep { $ts - $out{$v}{$_} <= 50_000_000 } keys %{$out{$v}};
		return unless @awaited;
		if (!$list{$v}) {
			$list{$v} = { map { $_ => 1 } @awaited };
			($begin{$v}, $spins{$v}, $helpable{$v}) = ($ts, 0, 0);
			$n{count}++;
		}
		$spins{$v}++;
		$helpable{$v} = 1 if grep { /^(\d+)/ && $state{$1} eq "runnable" } @awaited;
	}
	sub close_it {
		my ($v, $ts) = @_;
		delete $list{$v};
		$n{complete}++;
		$n{helpable} += $helpable{$v};
		$n{ns} += $ts - $begin{$v};
		$n{spins} += $spins{$v};
	}'
