/* SPDX-License-Identifier: MIT */
/* A vCPU's segments and registers, by the machine's width. */
#ifndef XEN_VCPU_STATE_H
#define XEN_VCPU_STATE_H

#ifdef __x86_64__
#include "xen/64/vcpu_state.h"
#else
#include "xen/32/vcpu_state.h"
#endif

#endif
