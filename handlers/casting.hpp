#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/settle.hpp"

#include <expected>
#include <string>

// A vote from press to matrix, shared by the card's buttons and the forms behind them.
namespace countersign::handlers {

// Every check of a vote: the request is open for votes, the person has no conflict of interest and belongs to
// a party. The party's index in the matrix, or what the person hears instead.
[[nodiscard]] std::expected<std::size_t, Outcome> require_vote(const Press& press, const Case& item,
                                                               const Context& context);
// The same for a question: admins ask too, then for no party.
[[nodiscard]] std::expected<std::string, Outcome> require_question(const Press& press, const Case& item,
                                                                   const Context& context);

[[nodiscard]] Outcome cast_vote(const Press& press, Case item, std::size_t party, storage::VoteAnswer answer,
                                const std::string& remark, const Context& context,
                                const std::string& until = {});
// P5: the words of a vote stand in the card's thread with the voter's name, where they can be answered; a
// vote without words is on the card alone, so that a card stays one message for most.
[[nodiscard]] Outcome vote_in_thread(const storage::AppRequest& request, const storage::Vote& vote,
                                     const Context& context);
[[nodiscard]] Outcome ask_question(const Press& press, Case item, const std::string& party,
                                   const std::string& question, const Context& context);

}  // namespace countersign::handlers
