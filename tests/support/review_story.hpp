#pragma once

#include "tests/support/daemon_fixture.hpp"

#include <map>
#include <string>
#include <vector>

namespace countersign::tests {

// What people do and see, in the words of a story. Every step waits for its visible effect.
class ReviewStory {
  public:
    explicit ReviewStory(DaemonOptions options = {}) : fixture(std::move(options)), slack(fixture.slack()) {}

    DaemonFixture fixture;
    fakes::FakeSlack& slack;

    // Asks Slack for the app; waits for the card. Returns Slack's request id.
    std::string ask(const std::string& message = "", const fakes::Json& patch = fakes::Json::object());
    // The newest card, or the one that names "REQ-n".
    [[nodiscard]] fakes::Message card(int number = 0) const;
    // Waits until the card's text says this.
    void expect_card(const std::string& text, int number = 0);
    void expect_direct_message(const std::string& user, const std::string& text);
    // Waits for a line that only this person sees: ephemeral in the review channel, or a direct message.
    void expect_line(const std::string& user, const std::string& text);
    void expect_alarm(const std::string& text);
    [[nodiscard]] fakes::View home_of(const std::string& user) const;  // without an id: none was published
    void expect_home(const std::string& user, const std::string& text);

    // Presses a button of the card and returns at once.
    void press(const std::string& user, const std::string& label, int number = 0);
    // Presses a button of the person's newest direct message that has it.
    void press_direct(const std::string& user, const std::string& label);
    // Waits for the form with this title. Slack's three seconds may pass on a busy machine: who is told to
    // press again does.
    [[nodiscard]] fakes::View form(const std::string& user, const std::string& title);
    // Fills in and sends the form; it must close.
    void fill(const std::string& user, const std::string& title,
              const std::map<std::string, std::string>& fields);
    // The same, but the form must stay open with these words at the field.
    void fill_refused(const std::string& user, const std::string& title,
                      const std::map<std::string, std::string>& fields, const std::string& words);

    void link_issue();              // as the requester, by the button in the direct message
    void approve_as_all_parties();  // until the card says Ready
    // Everything so far: asked, linked, agreed.
    std::string become_ready();

    // Calls of one method that succeeded.
    [[nodiscard]] std::size_t count(const std::string& method) const;
    // Nothing the daemon did may have broken a rule of Slack's: no 429, no wrong ack, no silent click.
    void expect_good_manners() const;
    void wait(const std::function<bool()>& condition, const std::string& what);

  private:
    void press_in(const std::string& user, const fakes::Message& message, const std::string& label);
    [[nodiscard]] std::size_t told_too_late(const std::string& user) const;

    std::function<void()> last_press_;
    std::size_t too_late_before_ = 0;
};

[[nodiscard]] bool says(const fakes::Message& message, const std::string& text);

}  // namespace countersign::tests
