// SPDX-License-Identifier: BSL-1.0
// wolfSSL's headers in the order that they need, and what a build of it must have for us.
// wolfSSL is under the GPL or a commercial licence; whoever includes this header needs one of the two.
#pragma once

#ifndef WOLFSSL_USER_SETTINGS
#include <wolfssl/options.h>
#endif
#include <wolfssl/wolfcrypt/settings.h>

#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/memory.h>
#include <wolfssl/wolfcrypt/sha256.h>

// Without it a good certificate is accepted unseen, and nobody compares its name.
#ifndef WOLFSSL_ALWAYS_VERIFY_CB
#error "barelink: wolfSSL must be built with WOLFSSL_ALWAYS_VERIFY_CB: the name check is ours"
#endif
#if defined(WOLFSSL_STATIC_MEMORY) || defined(WOLFSSL_NO_MALLOC)
#error "barelink: wolfSSL must be built without WOLFSSL_STATIC_MEMORY and WOLFSSL_NO_MALLOC: see docs/tls.md, memory"
#endif
#ifndef HAVE_SNI
#error "barelink: wolfSSL must be built with HAVE_SNI: the server has to learn which name is meant"
#endif
#if defined(NO_WOLFSSL_CLIENT) || defined(NO_CERTS) || defined(NO_SHA256) || defined(NO_TLS)
#error "barelink: wolfSSL must be built with the client, certificates and SHA-256"
#endif
