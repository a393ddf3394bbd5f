#include "config/slackbot_texts.hpp"
#include "handlers/review/slackbot_message.hpp"
#include "handlers/review/slackbot_notice.hpp"
#include "handlers/review/slackbot_sample.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>

// O9: no message crashes the reader, only Slackbot is believed, and what is kept as a sample is JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace review = countersign::handlers::review;
    const std::string text(data, data + size);
    (void)review::read_line(text);
    (void)review::app_in_url(text);
    const auto message = nlohmann::json::parse(text, nullptr, false);
    if (!message.is_object()) return 0;
    const auto notice = review::read_slackbot_notice(message, countersign::config::default_slackbot_texts());
    if (notice.understood() && notice.author != review::Author::slackbot) std::abort();
    const auto sample = review::redacted_sample(message, notice);
    if (!nlohmann::json::accept(sample)) std::abort();
    (void)review::sample_shape(sample);
    (void)review::content_digest(message);
    return 0;
}
