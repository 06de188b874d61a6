// SPDX-License-Identifier: BSL-1.0
#include "tls/openssl_peer.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "tls/certificates.hpp"

namespace openssl {

struct peer::state {
    SSL_CTX* context = nullptr;
    SSL*     ssl     = nullptr;
    BIO*     in      = nullptr;
    BIO*     out     = nullptr;
};

namespace {

int number_of(version v) {
    return v == version::v1_1 ? TLS1_1_VERSION : v == version::v1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

setup const& setup_of(SSL* ssl) { return *static_cast<setup const*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl))); }

unsigned give_psk(SSL* ssl, char const* identity, unsigned char* key, unsigned key_max) {
    auto const& how = setup_of(ssl);
    if (identity == nullptr || identity != how.psk_identity || how.psk.size() > key_max) return 0;
    std::memcpy(key, how.psk.data(), how.psk.size());
    return static_cast<unsigned>(how.psk.size());
}

int pick_protocol(SSL*, unsigned char const** out, unsigned char* size, unsigned char const* in, unsigned in_size,
                  void* argument) {
    auto const& mine = static_cast<setup const*>(argument)->alpn;
    for (unsigned i = 0; i < in_size; i += in[i] + 1U) {
        if (std::string_view{reinterpret_cast<char const*>(in) + i + 1, in[i]} == mine) {
            *out  = in + i + 1;
            *size = in[i];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Counts the greetings that have come.
void see_message(int sent, int, int kind, void const* message, std::size_t size, SSL*, void* greetings) {
    bool const greets = sent == 0 && kind == SSL3_RT_HANDSHAKE && size > 0 &&
                        *static_cast<unsigned char const*>(message) == SSL3_MT_CLIENT_HELLO;
    if (greets) ++*static_cast<int*>(greetings);
}

void must(bool good, char const* what) {
    if (!good) throw std::runtime_error{std::string{"the peer of the test cannot be set up: "} + what};
}

}  // namespace

peer::peer(setup how) : how_{std::move(how)}, state_{new state} {
    auto* const c = SSL_CTX_new(TLS_server_method());
    must(c != nullptr, "context");
    state_->context = c;
    SSL_CTX_set_app_data(c, &how_);
    must(SSL_CTX_set_min_proto_version(c, number_of(how_.lowest)) == 1, "lowest version");
    must(SSL_CTX_set_max_proto_version(c, number_of(how_.highest)) == 1, "highest version");
    SSL_CTX_set_security_level(c, 0);  // it is the client who has to be strict
    if (!how_.groups.empty()) must(SSL_CTX_set1_groups_list(c, how_.groups.c_str()) == 1, "groups");
    if (!how_.certificate.empty()) {
        auto const base = certificates::folder() + "/" + how_.certificate;
        must(SSL_CTX_use_certificate_chain_file(c, (base + ".crt").c_str()) == 1, "certificate");
        must(SSL_CTX_use_PrivateKey_file(c, (base + ".key").c_str(), SSL_FILETYPE_PEM) == 1, "key");
    }
    if (!how_.ciphers.empty()) must(SSL_CTX_set_cipher_list(c, how_.ciphers.c_str()) == 1, "ciphers");
    if (how_.wants_client) {
        auto const authority = certificates::folder() + "/trusted.crt";
        must(SSL_CTX_load_verify_locations(c, authority.c_str(), nullptr) == 1, "authority");
        SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    if (!how_.alpn.empty()) SSL_CTX_set_alpn_select_cb(c, pick_protocol, &how_);
    if (!how_.psk.empty()) SSL_CTX_set_psk_server_callback(c, give_psk);
    static unsigned char const name[] = "barelink";
    must(SSL_CTX_set_session_id_context(c, name, sizeof name - 1) == 1, "session id");
    if (!how_.resumption) {
        SSL_CTX_set_options(c, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(c, 0);
        SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    }
    accept();
}

peer::~peer() {
    SSL_free(state_->ssl);
    SSL_CTX_free(state_->context);
    delete state_;
}

void peer::accept() {
    SSL_free(state_->ssl);
    state_->ssl = SSL_new(state_->context);
    state_->in  = BIO_new(BIO_s_mem());
    state_->out = BIO_new(BIO_s_mem());
    must(state_->ssl != nullptr && state_->in != nullptr && state_->out != nullptr, "connection");
    BIO_set_mem_eof_return(state_->in, -1);
    SSL_set_bio(state_->ssl, state_->in, state_->out);
    SSL_set_accept_state(state_->ssl);
    SSL_set_msg_callback(state_->ssl, see_message);
    SSL_set_msg_callback_arg(state_->ssl, &greetings_);
    greetings_ = 0;
    received_.clear();
    trouble_.clear();
}

void peer::take(std::string_view bytes) {
    if (!bytes.empty()) BIO_write(state_->in, bytes.data(), static_cast<int>(bytes.size()));
    work();
}

void peer::work() {
    if (!trouble_.empty()) return;
    ERR_clear_error();
    if (SSL_is_init_finished(state_->ssl) == 0) {
        if (int const r = SSL_do_handshake(state_->ssl); r != 1) {
            if (SSL_get_error(state_->ssl, r) != SSL_ERROR_WANT_READ) note_trouble();
            return;
        }
    }
    char text[4096];
    for (;;) {
        int const n = SSL_read(state_->ssl, text, sizeof text);
        if (n > 0) {
            received_.append(text, static_cast<std::size_t>(n));
            continue;
        }
        auto const why = SSL_get_error(state_->ssl, n);
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_ZERO_RETURN) note_trouble();
        return;
    }
}

void peer::note_trouble() {
    char       text[256];
    auto const code = ERR_get_error();
    ERR_error_string_n(code, text, sizeof text);
    trouble_ = text;
}

std::string peer::give() {
    std::string all;
    char        text[4096];
    for (int n = 0; (n = BIO_read(state_->out, text, sizeof text)) > 0;) all.append(text, static_cast<std::size_t>(n));
    return all;
}

bool peer::established() const { return SSL_is_init_finished(state_->ssl) != 0; }
bool peer::resumed() const { return SSL_session_reused(state_->ssl) != 0; }
bool peer::saw_farewell() const { return (SSL_get_shutdown(state_->ssl) & SSL_RECEIVED_SHUTDOWN) != 0; }

std::string peer::server_name() const {
    auto const* const name = SSL_get_servername(state_->ssl, TLSEXT_NAMETYPE_host_name);
    return name != nullptr ? name : "";
}

bool peer::saw_client_certificate() const { return SSL_get0_peer_certificate(state_->ssl) != nullptr; }

void peer::send(std::string_view text) {
    auto const before = BIO_ctrl_pending(state_->out);
    int const  n      = SSL_write(state_->ssl, text.data(), static_cast<int>(text.size()));
    must(n == static_cast<int>(text.size()), "send");
    // The length stands in each record's head; of all that waits, the longest.
    unsigned char* data = nullptr;
    auto const     size = static_cast<std::size_t>(BIO_get_mem_data(state_->out, &data));
    for (std::size_t i = before; i + 5 <= size;) {
        int const length = data[i + 3] << 8 | data[i + 4];
        longest_record_  = std::max(longest_record_, length);
        i += 5 + static_cast<std::size_t>(length);
    }
}

void peer::say_farewell() { SSL_shutdown(state_->ssl); }

void peer::renegotiate() {
    must(SSL_renegotiate(state_->ssl) == 1, "renegotiation");
    SSL_do_handshake(state_->ssl);
}

void peer::update_keys() {
    must(SSL_key_update(state_->ssl, SSL_KEY_UPDATE_REQUESTED) == 1, "key update");
    SSL_do_handshake(state_->ssl);
}

}  // namespace openssl
