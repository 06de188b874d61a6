// SPDX-License-Identifier: BSL-1.0
// How a client finds its policies among what it was given, in any order.
#pragma once

#include <concepts>
#include <type_traits>

#include <barelink/link/authenticator.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/link/entropy.hpp>
#include <barelink/link/mailbox.hpp>
#include <barelink/link/platform.hpp>
#include <barelink/link/store.hpp>

namespace barelink::inline v0::detail {

// The first of `Given` for which `Is` holds, else `Default`.
template <template <class> class Is, class Default, class... Given>
struct pick {
    using type = Default;
};
template <template <class> class Is, class Default, class First, class... Rest>
struct pick<Is, Default, First, Rest...>
    : std::conditional_t<Is<First>::value, std::type_identity<First>, pick<Is, Default, Rest...>> {};

template <class T>
struct is_entropy : std::bool_constant<entropy_source<T>> {};
template <class T>
struct is_credentials : std::bool_constant<credentials_provider<T>> {};
template <class T>
struct is_store : std::bool_constant<session_store<T>> {};
template <class T>
struct is_mailbox : std::bool_constant<message_source<T>> {};
template <class T>
struct is_authenticator : std::bool_constant<authenticator<T>> {};
template <class T>
struct is_platform : std::bool_constant<platform_policy<T>> {};

template <template <class> class Is, class... Given>
inline constexpr int count = (0 + ... + (Is<Given>::value ? 1 : 0));

template <class T>
consteval bool check_policy() {
    static_assert(entropy_source<T> || credentials_provider<T> || session_store<T> || message_source<T> ||
                      authenticator<T> || platform_policy<T>,
                  "barelink: a policy of a client must be an entropy source (`uint32_t draw() noexcept`), credentials "
                  "(`errc refresh(login&) noexcept`), a store (link/store.hpp), a mailbox (link/mailbox.hpp), an "
                  "authenticator (link/authenticator.hpp) or a platform (link/platform.hpp)");
    return true;
}

// A user's object: a pointer, or nothing at all for one that has no state.
template <class T>
class borrowed {
public:
    constexpr borrowed() noexcept = default;
    constexpr void bind(T& object) noexcept { object_ = &object; }
    constexpr T*   operator->() const noexcept { return object_; }

private:
    T* object_ = nullptr;
};
template <class T>
    requires(std::is_empty_v<T> && std::is_trivially_default_constructible_v<T>)
class borrowed<T> {
public:
    constexpr borrowed() noexcept = default;
    constexpr void bind(T&) noexcept {}
    constexpr T*   operator->() const noexcept { return &object_; }

private:
    [[no_unique_address]] mutable T object_ = {};
};

// A policy as a member: a pointer to the user's object, or nothing at all for the default one.
template <class T, class Default>
class policy {
public:
    template <class Given>
    constexpr void bind(Given& given) noexcept {
        if constexpr (std::same_as<Given, T>) object_ = &given;
    }
    constexpr T& operator*() const noexcept { return *object_; }
    constexpr T* operator->() const noexcept { return object_; }

private:
    T* object_ = nullptr;
};
template <class T>
class policy<T, T> {
public:
    template <class Given>
    constexpr void bind(Given&) noexcept {}
    constexpr T operator*() const noexcept { return {}; }
    constexpr T const* operator->() const noexcept { return &none_; }

private:
    [[no_unique_address]] T none_ = {};
};

}  // namespace barelink::inline v0::detail
