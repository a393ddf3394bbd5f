#include "handlers/building_rights.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;

bool allows(std::string_view list, std::string_view id) {
    const auto allowed = text::words(list);
    return allowed.empty() || std::ranges::find(allowed, id) != allowed.end();
}

}  // namespace

bool may_build(const storage::Authorization& authorization, const UserId& user) {
    return allows(authorization.allowed_users, user.value);
}

std::expected<void, Outcome> require_builder(const Press& press, const storage::Authorization& authorization,
                                             std::string_view channel) {
    const auto name = "*" + views::inert_line(authorization.name, 80) + "*";
    const auto subject = "authorization:" + authorization.id;
    if (!may_build(authorization, press.user))
        return std::unexpected(refuse_at(press, ids::field_authorization, subject, "not_on_list",
                                         say_in(press.language, texts::not_on_its_list, name)));
    if (!channel.empty() && !allows(authorization.allowed_channels, channel))
        return std::unexpected(refuse_at(
            press, ids::field_authorization, subject, "channel_not_on_list",
            say_in(press.language, texts::channel_not_on_its_list, name, views::inert_line(channel, 40))));
    return {};
}

bool is_channel_id(std::string_view id) {
    return id.size() >= 2 && id.size() <= 40 && (id.front() == 'C' || id.front() == 'G') &&
           std::ranges::all_of(id, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

}  // namespace countersign::handlers
