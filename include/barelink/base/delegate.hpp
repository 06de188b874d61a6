// SPDX-License-Identifier: BSL-1.0
// A function and its context in two words: what std::function is used for, without a heap.
#pragma once

#include <barelink/base/config.hpp>

namespace barelink::inline v0 {

template <class Signature>
class delegate;

// Calls a free function, or a member function of an object that outlives the delegate.
template <class R, class... Args>
class delegate<R(Args...)> {
public:
    using function = R (*)(void* context, Args...);

    constexpr delegate() noexcept = default;
    constexpr delegate(function f, void* context) noexcept : function_{f}, context_{context} {}

    // Binds a member function: `delegate<void(int)>::to<&gauge::set>(g)`. Lifetime: `object` must outlive it.
    template <auto Member, class T>
    [[nodiscard]] static constexpr delegate to(T& object) noexcept {
        return {[](void* context, Args... args) -> R { return (static_cast<T*>(context)->*Member)(args...); },
                &object};
    }

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return function_ != nullptr; }
    constexpr R operator()(Args... args) const { return function_(context_, args...); }

private:
    function function_ = nullptr;
    void*    context_  = nullptr;
};

}  // namespace barelink::inline v0
