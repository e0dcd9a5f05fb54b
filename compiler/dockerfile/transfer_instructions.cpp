// COPY and ADD.
#include "compiler/dockerfile/flag_words.h"
#include "compiler/dockerfile/instruction_parsers.h"

#include "plans/base/format.h"

namespace mabplan::compiler {

namespace {

// Flags, then sources and destination, into what both instructions share.
Result<Flags> fill_transfer(const Statement& statement, const std::vector<FlagRule>& own_rules, Transfer& transfer) {
    const std::string_view name = keyword_name(*statement.kind);
    const std::size_t count = statement.arguments.size();
    if (count < 2)
        return statement.error(format("{} requires at least two arguments, but {} provided. Destination could not be determined", name,
                                      count == 1 ? "only one was" : "none were"));
    std::vector<FlagRule> rules{
        {"chown", FlagKind::Text}, {"chmod", FlagKind::Text}, {"link", FlagKind::Switch}, {"exclude", FlagKind::List}};
    rules.insert(rules.end(), own_rules.begin(), own_rules.end());
    MABPLAN_TRY(flags, parse_flags(statement, rules));
    transfer.chown = flags.text("chown");
    transfer.chmod = flags.text("chmod");
    transfer.link = flags.is_on("link");
    transfer.excludes = flags.list("exclude");
    transfer.destination = statement.arguments.back();
    transfer.files = statement.heredocs;
    return flags;
}

// Sources are all arguments but the last; each heredoc word among them is one of the files, which are in the same order.
Status fill_sources(const Statement& statement, Transfer& transfer) {
    for (const std::string& word : statement.arguments) {
        const bool is_last = &word == &statement.arguments.back();
        auto heredoc = statement.heredocs.empty() ? Result<std::optional<Heredoc>>() : parse_heredoc_word(word);
        const bool opens = heredoc && *heredoc;
        if (opens && is_last)
            return statement.error_at(word, format("{} cannot accept a heredoc as a destination", keyword_name(*statement.kind)),
                                      "the path to write to stands behind the heredocs");
        if (!opens && !is_last) transfer.sources.push_back(word);
    }
    return {};
}

}  // namespace

Result<InstructionBody> parse_copy(const Statement& statement) {
    Copy copy;
    MABPLAN_TRY(flags, fill_transfer(statement, {{"from", FlagKind::Text}, {"parents", FlagKind::Switch}}, copy));
    MABPLAN_CHECK(fill_sources(statement, copy));
    copy.from = flags.text("from");
    copy.parents = flags.is_on("parents");
    return copy;
}

Result<InstructionBody> parse_add(const Statement& statement) {
    Add add;
    MABPLAN_TRY(
        flags,
        fill_transfer(statement, {{"keep-git-dir", FlagKind::Switch}, {"checksum", FlagKind::Text}, {"unpack", FlagKind::Switch}}, add));
    MABPLAN_CHECK(fill_sources(statement, add));
    add.checksum = flags.text("checksum");
    add.keep_git_dir = flags.state("keep-git-dir");
    add.unpack = flags.state("unpack");
    return add;
}

}  // namespace mabplan::compiler
