#include "runtime/exec/pin_sources.h"

#include "plans/model/action_key.h"
#include "runtime/sys/thread.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace mabplan::runtime {

namespace {

struct Question {
    std::uint32_t action = 0;
    RemoteSource source;
    std::optional<Result<RemoteSource>> answer{};
};

std::vector<Question> open_questions(const Plan& plan) {
    std::vector<Question> questions;
    for (std::uint32_t index = 0; index < plan.actions.size(); ++index)
        if (auto source = remote_source_of(plan.actions[index].work); source && !is_pinned(*source))
            questions.push_back({index, *std::move(source)});
    return questions;
}

Status ask_all(std::vector<Question>& questions, SourceFetcher& sources, Transfers& transfers, int jobs) {
    return share_items(questions.size(), static_cast<std::size_t>(jobs), [&](std::size_t i) -> Status {
        questions[i].answer = transfers.follow(shown_source(questions[i].source),
                                               [&](const ByteProgress& progress) { return sources.pin(questions[i].source, progress); });
        return {};
    });
}

}  // namespace

Result<std::map<std::uint32_t, Error>> pin_sources(Plan& plan, SourceFetcher& sources, Transfers& transfers, int jobs) {
    std::map<std::uint32_t, Error> failures;
    std::vector<Question> questions = open_questions(plan);
    if (questions.empty()) return failures;
    MABPLAN_CHECK(ask_all(questions, sources, transfers, jobs));
    for (Question& question : questions) {
        Result<RemoteSource>& answer = *question.answer;
        if (answer) plan.actions[question.action].work = as_work(*std::move(answer));
        else failures.emplace(question.action, std::move(answer).error());
    }
    for (Action& action : plan.actions) action.definition_key = definition_key(plan, action.work, action.time);
    return failures;
}

}  // namespace mabplan::runtime
