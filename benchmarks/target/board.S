// SPDX-License-Identifier: BSL-1.0
// Vectors, the call of a function on a painted stack, and the doors to the world outside of what is measured. ARMv6-M.
    .syntax unified
    .thumb

    .section .vectors, "a"
    .word stack_end
    .word start
    .rept 14
    .word fault
    .endr

// unsigned stack_of(void (*call)(void)): bytes of stack that the call used, 1024 at most. Its arguments are in
// stack_args, so that nothing between this and the call takes any; what it returns is left in stack_result.
    .text
    .balign 4
    .global stack_of
    .thumb_func
stack_of:
    push {r4, r5, r6, lr}
    mov r4, sp
    ldr r5, =1024
    subs r5, r4, r5
    ldr r6, =0xa5c35a3c
    mov r1, r5
1:  stmia r1!, {r6}
    cmp r1, r4
    bne 1b
    mov ip, r0
    ldr r3, =stack_args
    ldmia r3!, {r0, r1, r2}
    ldr r3, [r3]
    blx ip
    ldr r1, =stack_result
    str r0, [r1]
    mov r1, r5
2:  ldr r0, [r1]
    cmp r0, r6
    bne 3f
    adds r1, #4
    cmp r1, r4
    bne 2b
3:  subs r0, r4, r1
    pop {r4, r5, r6, pc}
    .ltorg

// Each hal function stops the count and changes to a stack of its own; the fifth argument goes with it. It leaves 8
// bytes on the stack of the caller.
    .macro door name
    .section .text.hal_\name, "ax"
    .balign 4
    .global hal_\name
    .thumb_func
hal_\name:
    push {r4, lr}
    mov ip, sp
    ldr r4, =outside_stack_end
    mov sp, r4
    mov r4, ip
    mov ip, r0
    ldr r0, [r4, #8]
    sub sp, #8
    str r0, [sp]
    mov r0, ip
    push {r0, r1, r2, r3}
    bl count_stop
    pop {r0, r1, r2, r3}
    bl outside_\name
    push {r0, r1}
    bl count_go
    pop {r0, r1}
    mov sp, r4
    pop {r4, pc}
    .ltorg
    .endm

    door send
    door recv
    door ms
    door message
    door acked
    door dial

// 1000 instructions with the call.
    .text
    .balign 4
    .global thousand
    .thumb_func
thousand:
    .rept 998
    nop
    .endr
    bx lr

// int hundred(void): takes 100 bytes of stack.
    .balign 4
    .global hundred
    .thumb_func
hundred:
    sub sp, #100
    str r0, [sp]
    add sp, #100
    bx lr

    .bss
    .balign 8
    .global stack_args, stack_result
stack_args:
    .space 16
stack_result:
    .space 8
    .space 1024
outside_stack_end:
