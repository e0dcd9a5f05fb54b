// The rules that need what only lowering knows: values of variables, base images, the files of the context.
#include "compiler/lint/linter.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

template <std::size_t Count>
bool has_part(std::string_view name, const std::array<std::string_view, Count>& words) {
    const std::string lower = to_lower(name);
    const auto parts = split(lower, '_');
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return std::find(words.begin(), words.end(), part) != words.end(); });
}

bool names_a_secret(std::string_view name) {
    constexpr std::array<std::string_view, 10> kSecret{"apikey",   "auth",  "credential", "credentials", "key",
                                                       "password", "pword", "passwd",     "secret",      "token"};
    constexpr std::array<std::string_view, 3> kHarmless{"public", "file", "version"};
    return has_part(name, kSecret) && !has_part(name, kHarmless);
}

// Build arguments that are questions to the builder, never variables.
bool is_builder_question(std::string_view name) { return name == "BUILDKIT_SBOM_SCAN_CONTEXT" || name == "BUILDKIT_SBOM_SCAN_STAGE"; }

// "$NAME" or "${NAME" as it stands in the instruction; nothing if it comes from elsewhere.
std::string written_variable(const Instruction& at, const std::string& name) {
    if (at.line.text.size() > kLongestSearchedLine) return {};
    for (const std::string& form : {"${" + name, "$" + name})
        if (at.line.text.find(form) != std::string::npos) return form;
    return {};
}

bool is_legacy(const Instruction& at) {
    if (const auto* env = std::get_if<Env>(&at.body)) return env->form == PairForm::Legacy;
    const auto* label = std::get_if<Label>(&at.body);
    return label != nullptr && label->form == PairForm::Legacy;
}

bool ignores_everything(const PatternList& ignore) {
    return std::any_of(ignore.patterns().begin(), ignore.patterns().end(),
                       [](const std::string& pattern) { return pattern == "*" || pattern == "**" || pattern == "**/*"; });
}

bool same_machine(const Platform& a, const Platform& b) { return a.os == b.os && a.architecture == b.architecture; }

}  // namespace

// The rule of instructions that only count once: whether a later one in the stage replaces this one.
bool Linter::is_replaced(const Sighting& at) {
    const InstructionBody& body = at.instruction.body;
    if (!std::holds_alternative<Cmd>(body) && !std::holds_alternative<Entrypoint>(body) && !std::holds_alternative<Healthcheck>(body))
        return false;
    const auto [last, is_new] = files_[at.instruction.place.text].last_of_kind.try_emplace({at.stage.number, body.index()});
    if (is_new) {
        const auto& all = at.stage.instructions;
        last->second = *std::find_if(all.rbegin(), all.rend(), [&](const Instruction* each) { return each->body.index() == body.index(); });
    }
    return last->second != &at.instruction;
}

void Linter::instruction_applied(const Sighting& at) {
    if (at.from_trigger) return;
    const std::string& keyword = at.instruction.keyword;
    if (is_replaced(at))
        report(RuleId::MultipleInstructionsDisallowed, at, {},
               format("Multiple {} instructions should not be used in the same stage because only the last one will be used", keyword));
    if (is_legacy(at.instruction))
        report(RuleId::LegacyKeyValueFormat, at, {},
               format("\"{0} key=value\" should be used instead of legacy \"{0} key value\" format", keyword));
}

void Linter::undefined_variables(const Sighting& at, const std::set<std::string>& names, const std::vector<std::string>& known) {
    for (const std::string& name : names) {
        if (is_builder_question(name)) continue;
        const std::string meant = nearest_word(name, known);
        report(RuleId::UndefinedVar, at, written_variable(at.instruction, name),
               format("Usage of undefined variable '${}'{}", name, meant.empty() ? "" : format(" (did you mean ${}?)", meant)));
    }
}

void Linter::undefined_from_arguments(const Sighting& at, const std::set<std::string>& names, const std::vector<std::string>& known) {
    for (const std::string& name : names) {
        const std::string meant = nearest_word(name, known);
        report(RuleId::UndefinedArgInFrom, at, written_variable(at.instruction, name),
               format("FROM argument '{}' is not declared{}", name, meant.empty() ? "" : format(" (did you mean {}?)", meant)));
    }
}

void Linter::invalid_default_base(const Sighting& at) {
    const std::string& image = std::get<From>(at.stage.from->body).image;
    report(RuleId::InvalidDefaultArgInFrom, at, image,
           format("Default value for ARG {} results in empty or invalid base image name", image), Told::OfFile);
}

void Linter::from_platform(const Sighting& at, const std::set<std::string>& names, const std::string& value, const std::string& target) {
    const From& from = std::get<From>(at.stage.from->body);
    if (names == std::set<std::string>{"TARGETPLATFORM"} && value == target)
        report(RuleId::RedundantTargetPlatform, at, from.platform,
               format("Setting platform to predefined {} in FROM is redundant as this is the default behavior", from.platform));
    if (!names.empty()) return;
    // A stage that says in its name what it is made for means it; a platform that can't be read is an error elsewhere.
    const auto platform = parse_platform(value, {"linux", "amd64", {}, {}, {}});
    const auto is_named = [&](const std::string& part) { return !part.empty() && from.stage.find(part) != std::string::npos; };
    if (!platform || is_named(platform->os) || is_named(platform->architecture)) return;
    report(RuleId::FromPlatformFlagConstDisallowed, at, from.platform,
           format("FROM --platform flag should not use constant value {}", quoted(value)));
}

void Linter::base_image(const Sighting& at, const std::string& name, const Platform& wanted, const Platform& found, bool replaced) {
    if (!same_machine(wanted, found)) {
        files_[at.instruction.place.text].other_bases.insert(found);
        report(RuleId::InvalidBaseImagePlatform, at, name,
               format("Base image {} was pulled with platform {}, expected {} for current build", name,
                      quoted(format_platform_full(normalize_platform(found))), quoted(format_platform_full(normalize_platform(wanted)))),
               Told::OfFile);
    }
    if (!replaced && name.find('@') == std::string::npos)
        report(RuleId::UnpinnedBaseImage, at, name, format("Base image {} has no digest: add @sha256:… to its name", quoted(name)));
}

void Linter::shell_form(const Sighting& at, bool has_shell) {
    if (has_shell || at.from_trigger) return;
    report(RuleId::JsonArgsRecommended, at, {},
           format("JSON arguments recommended for {} to prevent unintended behavior related to OS signals", at.instruction.keyword));
}

void Linter::working_directory(const Sighting& at, const std::string& path, bool first) {
    if (!first || path.starts_with('/')) return;
    report(RuleId::WorkdirRelativePath, at, path,
           format("Relative workdir {} can have unexpected results if the base image changes", quoted(path)));
}

void Linter::variable_set(const Sighting& at, const std::string& name) {
    if (at.from_trigger || !names_a_secret(name)) return;
    const std::string_view instruction = std::holds_alternative<Arg>(at.instruction.body) ? "ARG" : "ENV";
    report(RuleId::SecretsUsedInArgOrEnv, at, name,
           format("Do not use ARG or ENV instructions for sensitive data ({} {})", instruction, quoted(name)));
}

void Linter::port_exposed(const Sighting& at, const std::string& word, const ExposedPorts& ports) {
    if (ports.protocol_in_capitals)
        report(RuleId::ExposeProtoCasing, at, word, format("Defined protocol '{}' in EXPOSE instruction should be lowercase", word));
    if (ports.has_host_part)
        report(RuleId::ExposeInvalidFormat, at, word,
               format("EXPOSE instruction should not define an IP address or host-port mapping, found '{}'", word));
}

// BuildKit says nothing where the list has exceptions, for a directory may be left out and yet hold what is copied: the files tell.
void Linter::taken_from_context(const Sighting& at, const std::string& source, const PatternList& ignore, std::optional<bool> hidden) {
    const std::string path = clean_path(source);
    const bool whole = path == "." || path == "/";
    const std::string_view inside = std::string_view(path).substr(path.starts_with('/') ? 1 : 0);
    bool ignored = whole ? ignores_everything(ignore) : ignore.matches(inside);
    if (ignore.has_exceptions()) ignored = hidden.value_or(!whole && ignored && ignore.may_skip_directory(inside));
    if (!ignored) return;
    const std::string_view verb = std::holds_alternative<Add>(at.instruction.body) ? "Add" : "Copy";
    report(RuleId::CopyIgnoredFile, at, source, format("Attempting to {} file {} that is excluded by .dockerignore", verb, quoted(path)));
}

void Linter::linked_copy_into_tmp(const Sighting& at, const std::string& destination, std::string_view folder) {
    report(RuleId::LinkedCopyIntoTmp, at, destination,
           format("--link makes {} anew with the mode 0755 (a linked copy does not see the base's 1777): only root can write there; copy "
                  "to another folder, or without --link",
                  folder));
}

void Linter::url_added(const Sighting& at, const std::string& url, bool has_checksum) {
    if (has_checksum) return;
    report(RuleId::AddUrlWithoutChecksum, at, url,
           format("{} is fetched without --checksum: what it holds may change unnoticed", quoted(url)));
}

void Linter::command_run(const Sighting& at, const Platform&, bool emulated, bool network_in_hermetic_target) {
    File& file = files_[at.instruction.place.text];
    if (emulated) file.emulated.insert(file.families.first_of(at.stage.number));
    if (network_in_hermetic_target)
        report(RuleId::NetworkInHermeticTarget, at, "--network",
               "RUN asks for a network in a target that is built without one: its result depends on more than its inputs");
}

void Linter::final_stage(const Sighting& at, const Platform& wanted, const Platform& root, bool of_several) {
    File& file = files_[at.instruction.place.text];
    for (const std::size_t first : file.emulated) {
        const auto found = file.could_cross_compile.find(first);
        if (first != file.families.first_of(at.stage.number) && found != file.could_cross_compile.end()) findings_.add(found->second);
    }
    const bool is_scratch = std::get<From>(at.stage.from->body).image == "scratch";
    if (of_several && !is_scratch && !same_machine(wanted, root) && !file.other_bases.contains(root))
        report(RuleId::FinalStageOnBuildPlatform, at, std::get<From>(at.stage.from->body).platform,
               "The final stage is made for another platform than the one that is built: leave out its --platform, or copy what is needed "
               "into a stage without one");
}

}  // namespace mabplan::compiler
