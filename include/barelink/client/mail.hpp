// SPDX-License-Identifier: BSL-1.0
// What becomes of the messages that somebody else has put into the mailbox.
#pragma once

#include <barelink/client/client.hpp>

namespace barelink::inline v0 {

template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::drain_mailbox() noexcept {
    if constexpr (has_mailbox) {
        message m{};
        while (mail_ == mail_state::none && mailbox_->front(m)) {
            auto const id = publish(m);
            if (id.error == errc::ring_full || id.error == errc::inflight_full) return;  // there will be room
            if (id) {
                mailbox_->pop();
            } else {
                mail_       = mail_state::refused;
                mail_cause_ = id.error;
            }
        }
    }
}

// A message from the mailbox that could not be published; it is shown before it is removed.
template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::refused_mail(event& e) noexcept {
    if constexpr (has_mailbox) {
        if (mail_ == mail_state::told) {
            mail_ = mail_state::none;
            mailbox_->pop();
            drain_mailbox();
        }
        message m{};
        if (mail_ == mail_state::refused && mailbox_->front(m)) {
            mail_    = mail_state::told;
            e.type   = event_type::dropped;
            e.cause  = mail_cause_;
            e.level  = m.level;
            e.retain = m.retain;
            e.size   = static_cast<std::uint32_t>(m.payload.size());
            e.topic  = m.topic;
        }
    }
}

}  // namespace barelink::inline v0
