/* SPDX-License-Identifier: MIT */
/* Where a thread has its thread-local storage, as the machine is told. */
#ifndef ARCH_TLS_H
#define ARCH_TLS_H

#include "arch/x86/types.h"

#ifdef __x86_64__
#include "arch/x86/64/tls.h"
#else
#include "arch/x86/32/tls.h"
#endif

#endif
