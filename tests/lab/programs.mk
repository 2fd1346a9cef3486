# SPDX-License-Identifier: GPL-2.0-only
# The guest (a flat binary, loaded at LAB_CODE) and the VMM (static: it runs where nothing is
# installed), into $(OUT).
CFLAGS_ALL := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wformat=2 -Wundef -Wvla -Werror -O2
# No operating system, no library, no red zone below the stack (interrupts use the same one).
GUEST_CFLAGS := $(CFLAGS_ALL) -ffreestanding -fno-stack-protector -fno-pic -fcf-protection=none \
	-mno-red-zone -mgeneral-regs-only -fno-asynchronous-unwind-tables

all: $(OUT)/guest.bin $(OUT)/vmm

$(OUT)/vmm: $(wildcard vmm/*.c) vmm/lab.h guest/book.h
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(CFLAGS_ALL) -g -pthread -static -o $@ $(filter %.c,$^)

$(OUT)/%.o: guest/%.c guest/apic.h guest/book.h
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) -c -o $@ $<

$(OUT)/%.o: guest/%.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

# entry.o first: its first instruction is the guest's.
$(OUT)/guest.elf: $(OUT)/entry.o $(OUT)/guest.o
	$(LD) -N --no-warn-rwx-segments -Ttext=0x100000 -e start --build-id=none -o $@ $^

$(OUT)/guest.bin: $(OUT)/guest.elf
	objcopy -O binary $< $@
