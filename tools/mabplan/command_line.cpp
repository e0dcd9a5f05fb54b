#include "tools/mabplan/command_line.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "tools/mabplan/command_parser.h"
#include "tools/mabplan/foreign_flags.h"

#include <algorithm>
#include <span>

namespace mabplan::tools {

namespace {

using Words = std::vector<std::string>;

bool is_flag(const std::string& word) { return word.size() > 1 && word.starts_with("-"); }

struct CutFlag {
    std::string name;
    std::optional<std::string> value;
};

// "--name=value"; "-n" and "-nvalue" of a flag with one letter.
CutFlag cut_flag(const std::string& word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) return {word, std::nullopt};
    return {word.substr(0, equals), word.substr(equals + 1)};
}

// The value that a word holds itself; empty if there is none.
std::string value_in(const std::string& word) {
    if (const auto value = cut_flag(word).value) return *value;
    return word.starts_with("--") || word.size() < 2 ? std::string() : word.substr(2);
}

const CLI::Option* find_own(const CLI::App& verb, const std::string& word) {
    if (const CLI::Option* option = verb.get_option_no_throw(cut_flag(word).name)) return option;
    return word.starts_with("--") ? nullptr : verb.get_option_no_throw(word.substr(0, 2));
}

bool takes_next_word(const CLI::Option& option, const std::string& word) {
    const bool has_value = word.find('=') != std::string::npos || (!word.starts_with("--") && word.size() > 2);
    return option.get_items_expected_max() > 0 && !has_value;
}

Words names_of_verbs(const CLI::App& app) {
    Words names;
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(verb->get_name());
    return names;
}

Words names_of_flags(const CLI::App& app) {
    Words names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
        for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
    return names;
}

// "mabplan image run".
std::string shown(const std::vector<const CLI::App*>& path) {
    Words names;
    for (const CLI::App* app : path) names.push_back(app->get_name());
    return format("{}", join(names, " "));
}

// Not CLI::App::help: it names the verb without what stands before it.
TextAnswer help_on(const std::vector<const CLI::App*>& path) {
    return {path.back()->get_formatter()->make_help(path.back(), shown(path), CLI::AppFormatMode::Normal)};
}

const CLI::App* find_verb(const CLI::App& app, const std::string& name) {
    const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
    const auto found = std::find_if(verbs.begin(), verbs.end(), [&](const CLI::App* verb) { return verb->get_name() == name; });
    return found == verbs.end() ? nullptr : *found;
}

// From the program to the innermost verb that the first words name.
std::vector<const CLI::App*> named_verbs(const CLI::App& app, const Words& words) {
    std::vector<const CLI::App*> path{&app};
    for (const std::string& word : words) {
        const CLI::App* verb = find_verb(*path.back(), word);
        if (verb == nullptr) break;
        path.push_back(verb);
    }
    return path;
}

enum class WordsBehind { Any, OfCommand };  // of the first one that is no flag: `image run IMAGE …`

// Takes flags out that mean nothing here, and refuses those of other builders that mean something.
class OwnWords {
public:
    OwnWords(const CLI::App& verb, std::span<const ForeignFlag> foreign, WordsBehind behind)
        : verb_(verb), foreign_(foreign), behind_(behind) {}

    Status read(const Words& words, std::size_t first) {
        for (at_ = first; at_ < words.size(); ++at_) {
            const std::string& word = words[at_];
            const bool ends_flags = word == "--" || (!is_flag(word) && behind_ == WordsBehind::OfCommand);
            if (is_flag(word) && word != "--") {
                MABPLAN_CHECK(read_flag(words));
                continue;
            }
            own_.push_back(word);
            if (!ends_flags) continue;
            if (word != "--") own_.push_back("--");
            own_.insert(own_.end(), words.begin() + static_cast<std::ptrdiff_t>(at_) + 1, words.end());
            break;
        }
        return {};
    }
    Words take() { return std::move(own_); }

private:
    Status read_flag(const Words& words) {
        const std::string& word = words[at_];
        const bool is_last = at_ + 1 == words.size();
        if (const CLI::Option* option = find_own(verb_, word)) {
            // -v says more here, and mounts a folder elsewhere
            const ForeignFlag* volume =
                word == "-v" && !is_last && is_volume(words[at_ + 1]) ? find_foreign_flag(foreign_, "--volume") : nullptr;
            if (volume != nullptr) return take_foreign_flag(*volume, words[at_ + 1]);
            push_own(*option, word);
            if (takes_next_word(*option, word) && !is_last) own_.push_back(words[++at_]);
            return {};
        }
        CutFlag cut = cut_flag(word);
        const ForeignFlag* flag = find_foreign_flag(foreign_, cut.name);
        if (flag == nullptr) {
            own_.push_back(word);
            return {};
        }
        if (flag->value == FlagValue::Needed && !cut.value && !is_last) cut.value = words[++at_];
        return take_foreign_flag(*flag, cut.value);
    }

    // As docker reads them: "--label=" and "-t=" have an empty value, and "-t=x" has x. CLI11 takes the next word, and "=x".
    void push_own(const CLI::Option& option, const std::string& word) {
        const bool has_value = option.get_items_expected_max() > 0;
        const bool is_short = !word.starts_with("--");
        if (has_value && word.find('=') + 1 == word.size() && (!is_short || word.size() == 3)) {
            own_.push_back(word.substr(0, word.size() - 1));
            own_.emplace_back();
        } else if (has_value && is_short && word.size() > 3 && word[2] == '=') {
            own_.push_back(word.substr(0, 2) + word.substr(3));
        } else {
            own_.push_back(word);
        }
    }

    // "/data:/data:ro", "./data:/data".
    static bool is_volume(const std::string& word) {
        return (word.starts_with("/") || word.starts_with(".") || word.starts_with("~")) && word.find(":/") != std::string::npos;
    }

    const CLI::App& verb_;
    std::span<const ForeignFlag> foreign_;
    WordsBehind behind_;
    std::size_t at_ = 0;
    Words own_;
};

// The first command that takes a flag ("compile", "image run"); empty if none does.
std::string verb_with_flag(const CLI::App& app, const std::string& word) {
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (find_own(*verb, word) != nullptr) return verb->get_name();
        if (const std::string inner = verb_with_flag(*verb, word); !inner.empty()) return format("{} {}", verb->get_name(), inner);
    }
    return {};
}

// The nearest of the own flags; one of other builders that is nearer, with what it would be told.
std::string meant_flag(const std::string& name, const Words& own, std::span<const ForeignFlag> foreign) {
    if (name.size() == 2) return {};  // all letters are near to one another
    Words others;
    for (const ForeignFlag& flag : foreign) others.emplace_back(flag.name);
    const std::string ours = nearest_word(name, own), theirs = nearest_word(name, others);
    const bool is_foreign = !theirs.empty() && (ours.empty() || edit_distance(name, theirs) < edit_distance(name, ours));
    if (!is_foreign) return suggestion(name, own);
    const std::string_view way = find_foreign_flag(foreign, theirs)->way;
    return format("did you mean {}? {}", mabplan::quoted(theirs),
                  way.empty() ? "It means nothing here: leave it out" : format("mabplan has none: {}", way));
}

std::span<const ForeignFlag> foreign_flags_of(const std::string& verb) {
    if (verb == "mabplan build" || verb == "mabplan check") return foreign_build_flags();
    if (verb == "mabplan image run") return foreign_run_flags();
    return {};
}

bool answers_by_itself(const std::string& word) { return word == "--help" || word == "-h" || word == "--version"; }

// What is wrong where a verb is missing, or is none of those that there are.
Error explain_verb(const std::vector<const CLI::App*>& path, const Words& words) {
    const std::size_t at = path.size() - 1;
    const Words known = names_of_verbs(*path.back());
    const std::string all = format("see `{} --help`", shown(path));
    if (at >= words.size())
        return {ErrorKind::Input,
                format("a command is missing behind `{}`", shown(path)),
                {},
                {},
                format("known are {}", join(known, ", ")),
                {}};
    const std::string& word = words[at];
    const bool flag = is_flag(word);
    if (const std::string verb = flag ? verb_with_flag(*path.back(), word) : std::string{}; !verb.empty())
        return {ErrorKind::Input,
                format("the flag {} stands before the command", cut_flag(word).name),
                {},
                {},
                format("flags stand behind it: `{} {} {} …`", shown(path), verb, cut_flag(word).name),
                {}};
    std::string hint = flag || path.size() > 1 ? std::string{} : std::string(way_of_foreign_command(word));
    if (path.size() > 1 && path.back()->get_name() == "image" && word == "prune")
        hint = "every image has a name here: `mabplan image rm NAME` takes it away, `mabplan cache prune` frees what nobody needs";
    const bool is_letter = flag && word.size() == 2;  // all letters are near to one another
    if (hint.empty() && !is_letter) hint = suggestion(word, flag ? names_of_flags(*path.back()) : known);
    if (hint.empty()) hint = flag || path.size() == 1 ? all : format("known are {}", join(known, ", "));
    if (flag) return {ErrorKind::Input, format("unknown flag {}", word), {}, {}, std::move(hint), {}};
    return {ErrorKind::Input,
            path.size() == 1 ? format("unknown command {}", mabplan::quoted(word))
                             : format("unknown command {} of `{}`", mabplan::quoted(word), shown(path)),
            {},
            {},
            std::move(hint),
            {}};
}

}  // namespace

// `help`, `help reproducibility`, `help image run`; `help build run` is on two commands.
Result<Invocation> CommandParser::answer_help() const {
    if (help_words_ == Words{"reproducibility"}) return Invocation(HelpOptions{HelpTopic::Reproducibility});
    std::vector<const CLI::App*> path = named_verbs(app_, help_words_);
    TextAnswer answer = help_on(path);
    std::size_t read = path.size() - 1;
    while (read < help_words_.size()) {
        const Words rest(help_words_.begin() + static_cast<std::ptrdiff_t>(read), help_words_.end());
        const std::vector<const CLI::App*> next = named_verbs(app_, rest);
        if (next.size() == 1 || read == 0) break;
        answer.text += "\n" + help_on(next).text;
        path = next;
        read += next.size() - 1;
    }
    if (read >= help_words_.size()) return Invocation(std::move(answer));
    const std::string& word = help_words_[read];
    Words known = names_of_verbs(*path.back());
    if (path.size() > 1) {
        const Words first = names_of_verbs(app_);
        known.insert(known.end(), first.begin(), first.end());
    }
    if (word == "reproducibility")
        return fail(ErrorKind::Input, "the help on reproducibility stands alone", format("`{} help reproducibility`", app_.get_name()));
    known.emplace_back("reproducibility");
    const std::string meant = suggestion(word, known);
    return fail(ErrorKind::Input, format("there is no help on {}", mabplan::quoted(word)),
                meant.empty() ? format("see `{} help`", app_.get_name()) : meant);
}

std::vector<const CLI::App*> CommandParser::chosen() const {
    std::vector<const CLI::App*> path{&app_};
    while (!path.back()->get_subcommands().empty()) path.push_back(path.back()->get_subcommands().front());
    return path;
}

Result<Words> CommandParser::own_words(Words words) const {
    const std::vector<const CLI::App*> path = named_verbs(app_, words);
    // The word where a command is expected is blamed, and no later one that is a command by chance: `imgae run x`.
    const std::size_t first = path.size() - 1;
    if (!names_of_verbs(*path.back()).empty() && first < words.size() && !answers_by_itself(words[first]))
        return fail(explain_verb(path, words));
    if (!names_of_verbs(*path.back()).empty()) return words;
    const std::string verb = shown(path);
    // -h is the host's name for `image run`, as docker has it; alone it asks for help, as everywhere
    if (words.size() == first + 1 && words[first] == "-h") words[first] = "--help";
    OwnWords own(*path.back(), foreign_flags_of(verb), verb == "mabplan image run" ? WordsBehind::OfCommand : WordsBehind::Any);
    MABPLAN_CHECK(own.read(words, first));
    words.resize(path.size() - 1);
    Words rest = own.take();
    words.insert(words.end(), rest.begin(), rest.end());
    return words;
}

Failure CommandParser::explain(const CLI::ParseError& error, const Words& words) const {
    const std::vector<const CLI::App*> path = chosen();
    const CLI::App& app = *path.back();
    if (!names_of_verbs(app).empty()) return fail(explain_verb(path, words));
    Error out{ErrorKind::Input, error.what(), {}, {}, format("see `{} --help`", shown(path)), {}};
    if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return fail(std::move(out));  // -1 is a value that is refused
    const auto unknown =
        std::find_if(words.begin() + static_cast<std::ptrdiff_t>(path.size()) - 1, words.end(), [&](const std::string& word) {
            return is_flag(word) && word != "--" && find_own(app, word) == nullptr &&
                   out.message.find(cut_flag(word).name) != std::string::npos;
        });
    if (unknown == words.end()) return fail(std::move(out));
    const std::string name = cut_flag(*unknown).name;
    out.message = format("unknown flag {}", name);
    if (const std::string meant = meant_flag(name, names_of_flags(app), foreign_flags_of(shown(path))); !meant.empty()) out.hint = meant;
    return fail(std::move(out));
}

Result<Invocation> CommandParser::parse(const Words& words) {
    MABPLAN_TRY(own, own_words(words));
    try {
        app_.parse(Words(own.rbegin(), own.rend()));
        return help_->parsed() ? answer_help() : Result<Invocation>(chosen_());
    } catch (const CLI::CallForHelp&) {
        return help_on(chosen());
    } catch (const CLI::CallForAllHelp&) {
        return Invocation(TextAnswer{app_.help("", CLI::AppFormatMode::All)});
    } catch (const CLI::CallForVersion& version) {
        return Invocation(TextAnswer{std::string(version.what()) + "\n"});
    } catch (const CLI::ParseError& error) {
        return explain(error, own);
    }
}

std::optional<RefusedRun> CommandParser::refused_run(const Words& words) const {
    const std::vector<const CLI::App*> path = named_verbs(app_, words);
    const std::string verb = shown(path);
    if (verb != "mabplan build" && verb != "mabplan run") return std::nullopt;
    RefusedRun run;
    for (std::size_t at = path.size() - 1; at < words.size() && words[at] != "--"; ++at) {
        if (!is_flag(words[at])) continue;
        const std::string& word = words[at];
        const CutFlag cut = cut_flag(word);
        const CLI::Option* option = find_own(*path.back(), word);
        const ForeignFlag* foreign = option == nullptr ? find_foreign_flag(foreign_flags_of(verb), cut.name) : nullptr;
        const bool next_is_value =
            option != nullptr ? takes_next_word(*option, word) : foreign != nullptr && foreign->value == FlagValue::Needed && !cut.value;
        if (next_is_value && at + 1 == words.size()) break;
        const std::string value = next_is_value ? words[++at] : value_in(word);
        if (option == nullptr) continue;
        if (option->check_lname("iidfile") || option->check_lname("metadata-file") || option->check_lname("events"))
            run.result_files.push_back(value);
        if (option->check_lname("directory")) run.directory = value;
    }
    return run;
}

std::optional<RefusedRun> read_refused_run(int argc, const char* const* argv) {
    const CommandParser parser;
    return parser.refused_run(in_own_words(Words(argv + 1, argv + argc)));
}

Result<Invocation> parse_command_line(int argc, const char* const* argv) {
    CommandParser parser;
    return parser.parse(in_own_words(Words(argv + 1, argv + argc)));
}

Status settle_progress(Invocation& invocation, const Variables& variables) {
    return std::visit(
        [&](auto& options) -> Status {
            if constexpr (requires { options.common; }) {
                MABPLAN_TRY(progress, asked_progress(options.common.asked_progress, variables));
                options.common.progress = progress;
            }
            return {};
        },
        invocation);
}

}  // namespace mabplan::tools
