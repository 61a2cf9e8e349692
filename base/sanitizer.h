/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_SANITIZER_H
#define SCEPD_BASE_SANITIZER_H

/* Which sanitizers this is built with, 1 or 0, for the few places where that
 * makes a difference.  gcc tells by macros, clang by features. */

#if defined(__has_feature)
#define SANITIZER_FEATURE(name) __has_feature(name)
#else
#define SANITIZER_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || SANITIZER_FEATURE(address_sanitizer)
#define SANITIZER_ADDRESS 1
#else
#define SANITIZER_ADDRESS 0
#endif

#if defined(__SANITIZE_THREAD__) || SANITIZER_FEATURE(thread_sanitizer)
#define SANITIZER_THREAD 1
#else
#define SANITIZER_THREAD 0
#endif

#endif
