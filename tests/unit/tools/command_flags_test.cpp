// Flags of each verb: their defaults, their forms, how often they may stand, and that none takes a word which is not its own.
#include "tools/mabplan/command_line.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <set>

using namespace mabplan;
using namespace mabplan::tools;

namespace {

using Words = std::vector<std::string>;

Result<Invocation> read(const Words& words) {
    std::vector<const char*> argv{"mabplan"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

template <class Options>
Options options(const Words& words) {
    const auto invocation = read(words);
    if (!invocation) FAIL(format_error(invocation.error()));
    return std::get<Options>(*invocation);
}

// "message | hint"
std::string refused(const Words& words) {
    const auto invocation = read(words);
    if (invocation) return "taken";
    CHECK(invocation.error().kind == ErrorKind::Input);
    return invocation.error().message + " | " + invocation.error().hint;
}

struct Verb {
    Words words;
    std::string required;  // a positional that must stand; empty: none
};
const std::vector<Verb> kVerbs{{{"compile"}, ""},
                               {{"run"}, ""},
                               {{"build"}, ""},
                               {{"check"}, ""},
                               {{"image", "inspect"}, "i"},
                               {{"image", "run"}, "i"},
                               {{"step", "run"}, "s"},
                               {{"cache", "ls"}, ""},
                               {{"cache", "du"}, ""},
                               {{"cache", "prune"}, ""},
                               {{"doctor"}, ""},
                               {{"dump", "ast"}, "f"},
                               {{"dump", "stages"}, "f"},
                               {{"dump", "ignore"}, "f"},
                               {{"image", "pull"}, "i"},
                               {{"image", "push"}, "i"},
                               {{"image", "copy"}, "i"},
                               {{"image", "load"}, ""},
                               {{"image", "ls"}, ""},
                               {{"image", "rm"}, "i"},
                               {{"logout"}, ""}};

// The long flags that take a value, as the help of a verb lists them ("  -f,--file TEXT …").
Words valued_flags(const Verb& verb) {
    Words words = verb.words;
    words.emplace_back("--help");
    Words flags;
    for (const std::string_view line : split(options<TextAnswer>(words).text, '\n')) {
        const std::size_t at = line.find("--");
        if (!line.starts_with("  -") || at == std::string_view::npos) continue;
        const std::string_view rest = line.substr(at);
        const std::size_t end = rest.find(' ');
        if (end != std::string_view::npos && end + 1 < rest.size() && rest[end + 1] >= 'A' && rest[end + 1] <= 'Z')
            flags.emplace_back(rest.substr(0, end));
    }
    return flags;
}

// A value that each flag takes.
std::string value_for(const std::string& flag) {
    const std::map<std::string, std::string> values{{"--jobs", "2"},      {"--progress", "plain"}, {"--reproducible", "off"},
                                                    {"--format", "json"}, {"--error-on", "never"}, {"--call", "build"}};
    const auto found = values.find(flag);
    return found == values.end() ? "value" : found->second;
}

// All positional words of an invocation.
struct Positionals {
    Words operator()(const CompileOptions& compile) const { return compile.targets; }
    Words operator()(const RunOptions& run) const { return {run.plan}; }
    Words operator()(const BuildOptions& build) const { return {build.context}; }
    Words operator()(const CheckOptions& check) const { return check.words; }
    Words operator()(const ImageInspectOptions& inspect) const { return inspect.images; }
    Words operator()(const ImageRunOptions& run) const { return {run.image}; }
    Words operator()(const ImageTransferOptions& transfer) const { return transfer.images; }
    Words operator()(const ImageRemoveOptions& remove) const { return remove.names; }
    Words operator()(const LoginOptions& login) const { return {login.registry}; }
    Words operator()(const StepRunOptions& run) const { return {run.file}; }
    Words operator()(const DumpOptions& dump) const { return {dump.file}; }
    template <class Other>
    Words operator()(const Other&) const {
        return {};
    }
};

bool takes_words(const Verb& verb) {
    return verb.words[0] != "cache" && verb.words[0] != "doctor" && verb.words.back() != "ls" && verb.words.back() != "load";
}

}  // namespace

TEST_CASE("a flag takes one word, and none of the verb's own behind it") {
    for (const Verb& verb : kVerbs) {
        if (!takes_words(verb)) continue;
        for (const std::string& flag : valued_flags(verb)) {
            Words words = verb.words;
            words.insert(words.end(), {flag, value_for(flag), "mine"});
            CAPTURE(join(words, " "));
            const auto invocation = read(words);
            REQUIRE(invocation);
            CHECK(std::visit(Positionals(), *invocation) == Words{"mine"});
        }
    }
}

TEST_CASE("a flag's value may stand behind an equals sign, and begin with a dash there") {
    for (const Verb& verb : kVerbs)
        for (const std::string& flag : valued_flags(verb)) {
            Words words = verb.words;
            words.push_back(flag + "=" + value_for(flag));
            if (!verb.required.empty()) words.push_back(verb.required);
            CAPTURE(join(words, " "));
            CHECK(read(words));
        }
    CHECK(options<BuildOptions>({"build", "--label=-x", "."}).labels == Words{"-x"});
    CHECK(options<BuildOptions>({"build", "--label=a=b=c", "."}).labels == Words{"a=b=c"});
    CHECK(options<BuildOptions>({"build", "--build-arg=A=", "."}).build_args == Words{"A="});
    const auto empty = options<BuildOptions>({"build", "--target=", "--label=", "dir"});
    CHECK(empty.target.empty());
    CHECK(empty.labels == Words{""});
    CHECK(empty.context == "dir");
    CHECK(options<BuildOptions>({"build", "-j=3", "-f=Other", "."}).file == "Other");
}

TEST_CASE("a flag without its value is refused") {
    for (const Verb& verb : kVerbs)
        for (const std::string& flag : valued_flags(verb)) {
            Words words = verb.words;
            if (!verb.required.empty()) words.push_back(verb.required);
            words.push_back(flag);
            if (words[0] == "image" && words[1] == "run") continue;  // behind the image all is the command's
            CAPTURE(join(words, " "));
            CHECK(refused(words).find(flag) != std::string::npos);
            CHECK(refused(words).ends_with(format("| see `mabplan {} --help`", join(verb.words, " "))));
        }
}

TEST_CASE("a flag that nobody knows is refused by every verb") {
    for (const Verb& verb : kVerbs) {
        Words words = verb.words;
        words.emplace_back("--zzzzzzzzzz");
        if (!verb.required.empty()) words.push_back(verb.required);
        CHECK(refused(words) == format("unknown flag --zzzzzzzzzz | see `mabplan {} --help`", join(verb.words, " ")));
    }
}

TEST_CASE("every verb has help, under both spellings, and the same text by `help`") {
    for (const Verb& verb : kVerbs) {
        Words behind = verb.words, letter = verb.words, before = verb.words;
        behind.emplace_back("--help");
        letter.emplace_back("-h");
        before.insert(before.begin(), "help");
        const std::string text = options<TextAnswer>(behind).text;
        CHECK(text.find(format("mabplan {} ", join(verb.words, " "))) != std::string::npos);
        CHECK(options<TextAnswer>(letter).text == text);
        CHECK(options<TextAnswer>(before).text == text);
    }
}

TEST_CASE("what a verb needs is asked for, and one word too many is refused") {
    for (const Verb& verb : kVerbs) {
        CAPTURE(join(verb.words, " "));
        if (!verb.required.empty()) CHECK(refused(verb.words).ends_with(format("| see `mabplan {} --help`", join(verb.words, " "))));
    }
    for (const Words& words : std::vector<Words>{{"build", "a", "b"},
                                                 {"run", "a", "b"},
                                                 {"image", "diff", "a", "b", "b"},
                                                 {"step", "run", "a", "b"},
                                                 {"cache", "ls", "b"},
                                                 {"cache", "du", "b"},
                                                 {"cache", "prune", "b"},
                                                 {"doctor", "b"},
                                                 {"dump", "ast", "a", "b"},
                                                 {"dump", "stages", "a", "b"}}) {
        CAPTURE(join(words, " "));
        CHECK(refused(words).find("b") != std::string::npos);
        CHECK(refused(words) != "taken");
    }
}

TEST_CASE("what is not said is what the help says") {
    const auto build = options<BuildOptions>({"build"});
    CHECK(build.context == ".");
    CHECK(build.reproducible == "on");
    CHECK(build.jobs == 0);
    CHECK_FALSE(build.no_cache);
    CHECK_FALSE(build.common.json);
    CHECK_FALSE(build.network.offline);
    CHECK(build.common.detail == Detail::Usual);
    CHECK_FALSE(build.common.asked_progress);
    CHECK(options<RunOptions>({"run"}).plan == "mabplan.plan.json");
    CHECK(options<CompileOptions>({"compile"}).output == options<RunOptions>({"run"}).plan);
    CHECK(options<CompileOptions>({"compile"}).targets.empty());
    CHECK(options<CheckOptions>({"check"}).format == CheckFormat::Text);
    CHECK(options<CheckOptions>({"check"}).error_on == ErrorOn::Error);
    CHECK_FALSE(options<CachePruneOptions>({"cache", "prune"}).all);
    CHECK_FALSE(options<CachePruneOptions>({"cache", "prune"}).force);
    CHECK_FALSE(options<ImageRunOptions>({"image", "run", "app"}).has_entrypoint);
}

TEST_CASE("what may be repeated keeps all of it, in order") {
    const auto build = options<BuildOptions>(
        {"build",   "-t",  "a",        "--tag",      "b",          "-t=c",       "--build-arg",  "A=1",     "--build-arg", "B",
         "--label", "x=y", "--secret", "id=a,src=f", "--secret",   "id=b,env=V", "--ssh",        "default", "-o",          "one",
         "-o",      "two", "--ulimit", "nofile=1",   "--add-host", "h:1.2.3.4",  "--annotation", "k=v",     "dir"});
    CHECK(build.tags == Words{"a", "b", "c"});
    CHECK(build.build_args == Words{"A=1", "B"});
    CHECK(build.grants.secrets == Words{"id=a,src=f", "id=b,env=V"});
    CHECK(build.outputs == Words{"one", "two"});
    CHECK(build.context == "dir");
    CHECK(options<CompileOptions>({"compile", "a", "--offline", "b"}).targets == Words{"a", "b"});
}

TEST_CASE("platforms and grants are lists behind commas, too") {
    CHECK(options<BuildOptions>({"build", "--platform", "linux/amd64,linux/arm64", "--platform=local", "."}).platforms ==
          Words{"linux/amd64", "linux/arm64", "local"});
    CHECK(options<CompileOptions>({"compile", "--platform=linux/amd64,linux/arm64"}).platforms == Words{"linux/amd64", "linux/arm64"});
    CHECK(options<CheckOptions>({"check", "--platform", "linux/amd64,linux/arm64", "."}).platforms == Words{"linux/amd64", "linux/arm64"});
    CHECK(options<RunOptions>({"run", "--allow", "security.insecure,device=a"}).grants.allowed == Words{"security.insecure", "device=a"});
    // commas mean something within these
    CHECK(options<BuildOptions>({"build", "--secret", "id=a,src=f", "-o", "type=oci,dest=x", "."}).outputs == Words{"type=oci,dest=x"});
}

TEST_CASE("flags with one letter take their value beside them or behind them") {
    CHECK(options<BuildOptions>({"build", "-fDockerfile.dev", "-j3", "-tname", "-Cdir", "."}).file == "Dockerfile.dev");
    CHECK(options<BuildOptions>({"build", "-f", "a b", "-j", "3", "."}).jobs == 3);
    CHECK(options<BuildOptions>({"build", "-Cdir"}).common.directory == "dir");
    CHECK(options<CachePruneOptions>({"cache", "prune", "-af"}).all);
    CHECK(options<CachePruneOptions>({"cache", "prune", "-af"}).force);
    CHECK(options<BuildOptions>({"build", "-v", "."}).common.detail == Detail::Verbose);
}

TEST_CASE("a switch may be told to be off, as docker's may") {
    CHECK(options<BuildOptions>({"build", "--no-cache=true"}).no_cache);
    CHECK_FALSE(options<BuildOptions>({"build", "--no-cache=false"}).no_cache);
    CHECK_FALSE(options<RunOptions>({"run", "--offline=false"}).network.offline);
    CHECK(refused({"build", "--no-cache=maybe"}).find("--no-cache") != std::string::npos);
}

TEST_CASE("words behind two dashes are no flags") {
    CHECK(options<BuildOptions>({"build", "--", "-dir"}).context == "-dir");
    CHECK(options<CompileOptions>({"compile", "--", "--print"}).targets == Words{"--print"});
    CHECK(options<RunOptions>({"run", "--", "--json"}).plan == "--json");
}

TEST_CASE("a lone dash is a word: standard input, or standard output") {
    CHECK(options<BuildOptions>({"build", "-"}).context == "-");
    CHECK(options<BuildOptions>({"build", "-f", "-", "."}).file == "-");
    CHECK(options<BuildOptions>({"build", "-o", "-", "."}).outputs == Words{"-"});
    CHECK(options<RunOptions>({"run", "--events", "-"}).events == "-");
}

TEST_CASE("words that are none of those known are refused with the known ones") {
    for (const auto& [flag, known] :
         std::map<std::string, std::string>{{"--format", "sarif"}, {"--error-on", "never"}, {"--progress", "quiet"}}) {
        const std::string text = refused({"check", flag, "zzzz"});
        CAPTURE(text);
        CHECK(text.find(known) != std::string::npos);
        CHECK(text.find(flag) != std::string::npos);
    }
    CHECK(refused({"build", "--reproducible", "perhaps", "."}).find("off") != std::string::npos);
}

TEST_CASE("an entrypoint that is empty is another thing than none") {
    const auto none = options<ImageRunOptions>({"image", "run", "--entrypoint", "", "app"});
    CHECK(none.has_entrypoint);
    CHECK(none.entrypoint.empty());
    CHECK(none.image == "app");
    CHECK(options<ImageRunOptions>({"image", "run", "--entrypoint=", "app"}).has_entrypoint);
}

TEST_CASE("of check's two ways to say JSON either does") {
    CHECK(options<CheckOptions>({"check", "--json"}).format == CheckFormat::Json);
    CHECK(options<CheckOptions>({"check", "--format=json"}).format == CheckFormat::Json);
    CHECK(options<CheckOptions>({"check", "--error-on", "warning"}).error_on == ErrorOn::Warning);
    CHECK(options<CheckOptions>({"check", "--error-on=never", "a", "b"}).words == Words{"a", "b"});
}

TEST_CASE("nothing at all, and the version, answer by themselves") {
    CHECK(refused({}).starts_with("a command is missing behind `mabplan` | known are compile, run, build, check, "));
    CHECK(options<TextAnswer>({"--version"}).text.starts_with("mabplan 0."));
    CHECK(options<TextAnswer>({"--help"}).text.find("compile") != std::string::npos);
    CHECK(std::holds_alternative<HelpOptions>(read({"help", "reproducibility"}).value()));
}

TEST_CASE("a flag that stands once is refused when it stands twice") {
    for (const Words& words : std::vector<Words>{{"build", "-f", "a", "-f", "b", "."},
                                                 {"build", "--target", "a", "--target", "b", "."},
                                                 {"run", "--root", "a", "--root", "b"},
                                                 {"compile", "-o", "a", "-o", "b"}}) {
        const std::string text = refused(words);
        CAPTURE(text);
        CHECK(text.find(words[1] == "-f" ? "--file" : words[1] == "-o" ? "--output" : words[1]) != std::string::npos);
        CHECK(text.ends_with(format("| see `mabplan {} --help`", words[0])));
    }
}
