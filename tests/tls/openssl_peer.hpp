// SPDX-License-Identifier: BSL-1.0
// The other end of a TLS connection, in this process and without a socket: OpenSSL's server over two strings. Its own
// library, so that a mistake of wolfSSL's is not made twice. No header of OpenSSL here: it and wolfSSL share names.
#pragma once

#include <string>
#include <string_view>

namespace openssl {

enum class version { v1_1, v1_2, v1_3 };

struct setup {
    std::string certificate  = "good";  // NAME.crt and NAME.key of the test's authority; empty: none
    version     lowest       = version::v1_2;
    version     highest      = version::v1_3;
    bool        wants_client = false;   // refuses who has no certificate of `trusted`
    std::string ciphers      = {};      // of 1.2; empty: the default
    std::string groups       = {};      // for the exchange of keys; empty: the default
    std::string alpn         = {};      // the one protocol that it speaks
    std::string psk_identity = {};
    std::string psk          = {};      // with it, PSK
    bool        resumption   = true;
};

// Whoever drives it gives it what the client has sent and takes what it answers.
class peer {
public:
    explicit peer(setup how);
    ~peer();
    peer(peer const&)            = delete;
    peer& operator=(peer const&) = delete;

    // The next connection; sessions of earlier ones are still known.
    void accept();

    // Takes what came and does what can be done: handshake, then received().
    void take(std::string_view bytes);
    // What it has to say since the last call.
    std::string give();

    bool               established() const;
    bool               resumed() const;
    int                greetings() const { return greetings_; }  // ClientHellos: 2 if the first one did not do
    std::string        server_name() const;  // SNI
    bool               saw_client_certificate() const;
    std::string const& received() const { return received_; }
    std::string const& trouble() const { return trouble_; }  // OpenSSL's words; empty if there is none
    bool               saw_farewell() const;                 // the client's close_notify

    void send(std::string_view text);  // each call makes records of its own
    void say_farewell();
    void renegotiate();  // TLS 1.2: HelloRequest
    void update_keys();  // TLS 1.3: and asks the client to do the same
    int  longest_record() const { return longest_record_; }  // that send() made, as the client's wish allows

private:
    struct state;
    void work();
    void note_trouble();

    setup       how_;
    state*      state_;
    std::string received_       = {};
    std::string trouble_        = {};
    int         longest_record_ = 0;
    int         greetings_      = 0;
};

}  // namespace openssl
