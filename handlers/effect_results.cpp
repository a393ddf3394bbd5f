#include "handlers/account_use.hpp"
#include "handlers/accounts.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/channel_posts.hpp"
#include "handlers/check_before_decision.hpp"
#include "handlers/deliveries.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/effects.hpp"
#include "handlers/figures.hpp"
#include "handlers/granting.hpp"
#include "handlers/handlers.hpp"
#include "handlers/home_tab.hpp"
#include "handlers/identity.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/integration_log.hpp"
#include "handlers/inventory_canvas.hpp"
#include "handlers/issue_creation.hpp"
#include "handlers/issue_notes.hpp"
#include "handlers/issue_polling.hpp"
#include "handlers/limits.hpp"
#include "handlers/people.hpp"
#include "handlers/request_form.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/rights.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/sweep.hpp"
#include "handlers/token_life.hpp"
#include "handlers/trackers.hpp"
#include "handlers/uninstalling.hpp"
#include "handlers/vendor_issue_seen.hpp"
#include "handlers/waiting_press.hpp"

namespace countersign::handlers {

namespace {

Outcome heard(const EffectAnswer& answer, const Event& event, const Context& context) {
    if (answer.purpose == purposes::account_refresh) return refresh_answered(answer, context);
    if (answer.purpose == purposes::account_check) return check_answered(answer, context);
    if (answer.purpose == "uninstall") return uninstall_answered(answer, context);
    if (answer.purpose == purposes::channel_post) return channel_posted(answer, context);
    if (answer.purpose == purposes::grant_begin) return grant_begun(answer, context);
    if (answer.purpose == purposes::grant_poll) return grant_polled(answer, context);
    if (answer.purpose == purposes::grant_exchange) return grant_exchanged(answer, context);
    if (answer.purpose == purposes::grant_adopt) return grant_adopted(answer, context);
    if (answer.purpose == purposes::account_revoke) return revoke_answered(answer, context);
    if (answer.purpose == purposes::identity) return identity_told(answer, context);
    if (answer.purpose == purposes::card) return card_posted(answer, context);
    if (answer.purpose == purposes::card_update) return card_updated(answer, context);
    if (answer.purpose == purposes::notice) return notice_sent(answer, context);
    if (answer.purpose == purposes::answer) return answer_shown(answer, context);
    if (answer.purpose == purposes::alarm) return alarm_raised(answer, context);
    if (answer.purpose == purposes::form) return form_opened(answer, context);
    if (answer.purpose == purposes::user_group) return group_answered(event, context);
    if (answer.purpose == purposes::person) return person_told(answer, context);
    if (answer.purpose == purposes::presser) return presser_told(answer, context);
    if (answer.purpose == purposes::colleague) return colleague_told(answer, context);
    if (answer.purpose == purposes::home) return home_published(answer, context);
    if (answer.purpose == purposes::picture) return picture_uploaded(answer, context);
    if (answer.purpose == purposes::picture_post) return picture_posted(answer, context);
    if (answer.purpose == purposes::inquiry) return inquiry_answered(event, context);
    if (answer.purpose == purposes::decide) return decision_answered(event, context);
    if (answer.purpose == purposes::limit) return limit_answered(answer, context);
    if (answer.purpose == purposes::clear) return clear_answered(answer, context);
    if (answer.purpose == purposes::cancel) return cancel_answered(event, context);
    if (answer.purpose == purposes::teams) return teams_listed(answer, context);
    if (answer.purpose == purposes::sweep) return sweep_page(answer, context);
    if (answer.purpose == purposes::permalink) return permalink_told(answer, context);
    if (answer.purpose == purposes::reviewer) return reviewer_told(answer, context);
    if (answer.purpose == purposes::slackbot_im) return conversations_told(answer, context);
    if (answer.purpose == purposes::slackbot_history) return history_told(answer, context);
    if (answer.purpose == purposes::integration_log) return integration_log_told(answer, context);
    if (answer.purpose == purposes::install_look) return install_looked_for(answer, context);
    if (answer.purpose == purposes::issue) return issue_told(answer, context);
    if (answer.purpose == purposes::issue_check) return issue_checked(answer, context);
    if (answer.purpose == purposes::issue_hand_over) return hand_over_checked(answer, context);
    if (answer.purpose == purposes::issues_changed) return changed_issues_told(answer, context);
    if (answer.purpose == purposes::tracker_account) return tracker_account_told(answer, context);
    if (answer.purpose == purposes::issue_note || answer.purpose == purposes::issue_labels)
        return written_on_issue(answer, context);
    if (answer.purpose == purposes::issue_template) return template_told(answer, context);
    if (answer.purpose == purposes::issue_created) return issue_made(answer, context);
    if (answer.purpose == purposes::inventory_canvas) return mirror_answered(answer, context);
    return {};
}

}  // namespace

Outcome effect_results(const Event& event, const Context& context) {
    const auto answer = read_effect_answer(event);
    auto outcome = count_use(answer, context);
    outcome.merge(heard(answer, event, context));
    if (answer.error == "unauthorized") {
        const auto tracker = review::text_field(answer.args, "tracker");
        outcome.merge(tracker_refused(tracker, context));
        outcome.merge(account_doubted(tracker, context));
    }
    return outcome;
}

}  // namespace countersign::handlers
