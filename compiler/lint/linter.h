// Checks Dockerfiles while they are lowered: the rules about the text when one has been read, the others by what lowering notices.
// Collects; prints nothing. Does not know formats of reports.
#pragma once

#include "compiler/dockerfile/parser.h"
#include "compiler/lint/finding.h"
#include "compiler/lint/settings.h"
#include "compiler/lint/stage_families.h"
#include "compiler/lower/lowering_observer.h"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mabplan::compiler {

// A longer line may have thousands of findings, and is not gone through for the place of each: theirs is the instruction.
inline constexpr std::size_t kLongestSearchedLine = 64U << 10U;

class Linter final : public LoweringObserver {
public:
    // A Dockerfile whose stages are lowered next. `settings`: the build argument BUILDKIT_DOCKERFILE_CHECK if it is given.
    void begin(const PartialDockerfile& read, const std::optional<std::string>& settings);

    std::vector<Finding> findings() const;
    // Settings that can't be read; and one error for each Dockerfile whose `error=true` meets a finding of a BuildKit rule: a file
    // that passes there passes here.
    Errors errors() const;

    void instruction_applied(const Sighting& at) override;
    void undefined_variables(const Sighting& at, const std::set<std::string>& names, const std::vector<std::string>& known) override;
    void undefined_from_arguments(const Sighting& at, const std::set<std::string>& names, const std::vector<std::string>& known) override;
    void invalid_default_base(const Sighting& at) override;
    void from_platform(const Sighting& at, const std::set<std::string>& names, const std::string& value,
                       const std::string& target) override;
    void base_image(const Sighting& at, const std::string& name, const Platform& wanted, const Platform& found, bool replaced) override;
    void shell_form(const Sighting& at, bool has_shell) override;
    void working_directory(const Sighting& at, const std::string& path, bool first) override;
    void variable_set(const Sighting& at, const std::string& name) override;
    void port_exposed(const Sighting& at, const std::string& word, const ExposedPorts& ports) override;
    void taken_from_context(const Sighting& at, const std::string& source, const PatternList& ignore, std::optional<bool> hidden) override;
    void linked_copy_into_tmp(const Sighting& at, const std::string& destination, std::string_view folder) override;
    void url_added(const Sighting& at, const std::string& url, bool has_checksum) override;
    void command_run(const Sighting& at, const Platform& platform, bool emulated, bool network_in_hermetic_target) override;
    void final_stage(const Sighting& at, const Platform& wanted, const Platform& root, bool of_several) override;

private:
    struct File {
        LintSettings settings;
        StageFamilies families;
        std::map<std::size_t, Finding> could_cross_compile;  // by the first stage of the family: what to tell if it is emulated
        std::set<std::size_t> emulated;                      // first stages of families of the cell at hand
        std::map<std::pair<std::size_t, std::size_t>, const Instruction*> last_of_kind;  // by stage and body index, as they were asked for
        std::set<Platform> other_bases;  // what base images are for, where that is not what was wanted
    };
    enum class Told { OfInstruction, OfFile };  // whose settings count

    bool is_replaced(const Sighting& at);
    void note_cross_compiling(const PartialDockerfile& read, File& file) const;
    void report(RuleId rule, const Sighting& at, std::string_view piece, std::string detail, Told told = Told::OfInstruction);

    std::map<SourceTextPtr, File> files_;
    Findings findings_;
    Errors settings_errors_;
};

}  // namespace mabplan::compiler
