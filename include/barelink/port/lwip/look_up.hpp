// SPDX-License-Identifier: BSL-1.0
// How a host becomes an address with lwIP: a number is read, a name is asked for with lwIP's DNS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <lwip/def.h>
#include <lwip/dns.h>
#include <lwip/err.h>
#include <lwip/ip_addr.h>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>

namespace barelink::inline v0::lwip {

// Internet protocol versions, in the order in which a host is tried.
enum class family : std::uint8_t { v4, v6 };
#if LWIP_IPV4 && LWIP_IPV6
inline constexpr family first_family = family::v4;
inline constexpr family last_family  = family::v6;
#elif LWIP_IPV4
inline constexpr family first_family = family::v4;
inline constexpr family last_family  = family::v4;
#elif LWIP_IPV6
inline constexpr family first_family = family::v6;
inline constexpr family last_family  = family::v6;
#else
#error "barelink: port/lwip needs LWIP_IPV4 or LWIP_IPV6 in lwipopts.h"
#endif

// One question at a time. lwIP cannot be told to forget a question: its answer comes also when nobody waits any more.
// So the object must live as long as the program, and an answer counts only if it fits the question of today.
class look_up {
public:
    constexpr look_up() noexcept       = default;
    look_up(look_up const&)            = delete;
    look_up& operator=(look_up const&) = delete;

    // The first call after construction or cancel() asks, each further call with the same arguments looks for the
    // answer. An address in the text of `host` fits only its own family.
    // Returns ok with the address in `out`; would_block; resolve_failed; or no_resources, when lwIP's table of
    // questions is full (DNS_TABLE_SIZE, DNS_MAX_REQUESTS). After anything but would_block the next call asks anew.
    // Lifetime: `host` is borrowed until then, or cancel(). Needs DNS_MAX_NAME_LENGTH bytes of stack, 256 by default.
    errc resolve(std::string_view host, family of, ip_addr_t& out) noexcept {
        errc const e = state_ == state::idle ? ask(host, of) : outcome();
        if (e == errc::would_block) return e;
        out = address_;
        cancel();
        return e;
    }

    // Whether the answer has come and was not taken.
    [[nodiscard]] bool answered() const noexcept { return state_ == state::found || state_ == state::failed; }

    // Nobody waits for the answer any more.
    void cancel() noexcept {
        state_ = state::idle;
        host_  = {};
    }

private:
    enum class state : std::uint8_t { idle, asked, found, failed };

    [[nodiscard]] errc outcome() const noexcept {
        if (state_ == state::asked) return errc::would_block;
        return state_ == state::found ? errc::ok : errc::resolve_failed;
    }

    errc ask(std::string_view host, family of) noexcept {
        // lwIP wants a NUL behind it. A NUL inside would make it see another, shorter name.
        char name[name_max];
        if (host.empty() || host.size() >= sizeof name || host.find('\0') != std::string_view::npos) {
            return errc::resolve_failed;
        }
        move_bytes(name, host.data(), host.size());
        name[host.size()] = '\0';
        if (ipaddr_aton(name, &address_) != 0) return is(address_, of) ? errc::ok : errc::resolve_failed;
#if LWIP_DNS
        // Before the call: lwIP may answer from within.
        host_   = host;
        family_ = of;
        state_  = state::asked;
        bool const  six  = of == family::v6;
        u8_t const  type = six ? LWIP_DNS_ADDRTYPE_IPV6 : LWIP_DNS_ADDRTYPE_IPV4;
        err_t const e    = dns_gethostbyname_addrtype(name, &address_, six ? told<family::v6> : told<family::v4>, this,
                                                      type);
        if (e == ERR_INPROGRESS) return outcome();
        if (e == ERR_OK && is(address_, of)) return errc::ok;
        return e == ERR_MEM ? errc::no_resources : errc::resolve_failed;  // ERR_VAL: no name server is known
#else
        return errc::resolve_failed;
#endif
    }

#if LWIP_DNS
    // Each family has its own function, for a failure does not tell which one was asked for.
    template <family Of>
    static void told(char const* name, ip_addr_t const* address, void* self) noexcept {
        static_cast<look_up*>(self)->tell(name, address, Of);
    }
    void tell(std::string_view name, ip_addr_t const* address, family of) noexcept {
        // Somebody else may have asked first, in capitals.
        if (of != family_ || name.size() != host_.size()) return;
        if (lwip_strnicmp(name.data(), host_.data(), host_.size()) != 0) return;
        bool const good = address != nullptr && is(*address, of);
        if (good) address_ = *address;
        state_ = good ? state::found : state::failed;
    }
    static constexpr std::size_t name_max = DNS_MAX_NAME_LENGTH;
#else
    static constexpr std::size_t name_max = 64;  // the longest address with an interface behind it
#endif

    // Without the other family lwIP's address is a bare number.
    static bool is([[maybe_unused]] ip_addr_t const& address, family of) noexcept {
#if LWIP_IPV4 && LWIP_IPV6
        return (IP_IS_V6_VAL(address) ? family::v6 : family::v4) == of;
#else
        return of == first_family;
#endif
    }

    std::string_view host_    = {};
    ip_addr_t        address_ = {};
    family           family_  = first_family;
    state            state_   = state::idle;
};

}  // namespace barelink::inline v0::lwip
