#include "compiler/matrix/read_matrix.h"

#include "compiler/matrix/groups.h"
#include "compiler/matrix/keys.h"
#include "compiler/matrix/links.h"
#include "compiler/matrix/root_reader.h"
#include "compiler/matrix/target_reader.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

constexpr std::size_t kMostCells = 1024;    // of one target
constexpr std::size_t kMostTargets = 4096;  // of a file, axes expanded

bool is_target_name(std::string_view name) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && plain(name[0]) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '.' || c == '-'; });
}

class MatrixReader {
public:
    MatrixReader(const Environment& environment, const MatrixRequest& request)
        : reader_(mistakes_), rules_{environment, request.host, {}, nullptr, kMostCells} {
        for (const Platform& asked : request.platforms) {
            Platform platform = normalize_platform(asked);
            if (std::find(rules_.requested.begin(), rules_.requested.end(), platform) == rules_.requested.end())
                rules_.requested.push_back(std::move(platform));
        }
    }

    Checked<Matrix> read(YamlNode root) {
        reader_.check_keys(root, root_keys(), "mabplan.yaml", root_synonyms());
        for (const YamlEntry& entry : root.entries)
            if (!is_extension(entry.key)) matrix_.places.emplace(entry.key, entry.key_place);
        interpolate_root(root);
        rules_.default_platforms = root.find("platforms");
        read_top_level(root);
        declare_targets(root);
        declared_ = apply_extends(declared_, mistakes_);
        expand_targets();
        // names are looked for only where all that could have them was read
        if (const YamlEntry* groups = root.find("groups"); groups != nullptr && mistakes_.empty())
            matrix_.groups = read_groups(*groups, matrix_.targets, reader_);
        check_secrets();
        matrix_.warnings = mistakes_.take_warnings();
        if (mistakes_.empty()) return std::move(matrix_);
        return tl::unexpected(mistakes_.take_errors());
    }

private:
    // Targets and platforms are interpolated later, when axes and platforms are known.
    void interpolate_root(YamlNode& root) {
        for (YamlEntry& entry : root.entries)
            if (!is_extension(entry.key) && entry.key != "targets" && entry.key != "platforms")
                entry.value = interpolated(std::move(entry.value), Variables(rules_.environment), mistakes_);
    }

    void read_top_level(const YamlNode& root) {
        if (const YamlEntry* version = root.find("version")) read_version(*version);
        if (const YamlEntry* name = root.find("name")) matrix_.name = reader_.text(*name).value_or("");
        if (const YamlEntry* secrets = root.find("secrets")) matrix_.secrets = read_secrets(*secrets, reader_);
        if (const YamlEntry* registries = root.find("registries")) matrix_.registries = read_registries(*registries, reader_);
        if (const YamlEntry* cache = root.find("cache")) matrix_.cache_max_size = read_cache(*cache, reader_);
        if (const YamlEntry* reproducible = root.find("reproducible")) matrix_.reproducible = read_reproducible(*reproducible, reader_);
    }

    void read_version(const YamlEntry& entry) {
        if (entry.value.kind == YamlKind::Scalar && entry.value.text == "1") return;
        mistakes_.add(entry.value.place, format("\"version\" must be 1, found {}", describe(entry.value)),
                      "it is the version of this format, not of what is built");
    }

    void declare_targets(const YamlNode& root) {
        const YamlEntry* targets = root.find("targets");
        if (targets == nullptr)
            return mistakes_.add(root.place, "\"targets\" is missing",
                                 "the smallest file is: targets: {web: {image: example.org/web, context: .}}");
        if (!reader_.is_map(*targets)) return;
        if (targets->value.entries.empty()) return mistakes_.add(targets->value.place, "\"targets\" is empty");
        for (const YamlEntry& entry : targets->value.entries) {
            if (is_extension(entry.key)) continue;
            if (!is_target_name(entry.key))
                mistakes_.add(entry.key_place, format("{} can't name a target", quoted(entry.key)),
                              "a name has letters, digits, '_', '-' and '.', and begins with a letter, a digit or '_'");
            if (!reader_.is_map(entry)) continue;
            declared_.push_back({entry.key, entry.key_place, entry.value});
            check_target(declared_.back());
        }
    }

    void check_target(DeclaredTarget& target) {
        reader_.check_keys(target.node, target_keys(), format("the target {}", quoted(target.name)), target_synonyms());
        normalize_settings(target.node, mistakes_);
        const YamlEntry* inline_text = target.node.find("dockerfile_inline");
        if (inline_text != nullptr && target.node.find("dockerfile") != nullptr)
            mistakes_.add(inline_text->key_place, format("the target {} has \"dockerfile\" and \"dockerfile_inline\"", quoted(target.name)),
                          "remove one of them");
    }

    void expand_targets() {
        TargetReader targets(rules_, reader_);
        std::vector<ExpandedTarget> expanded;
        for (const DeclaredTarget& declared : declared_) {
            for (ExpandedTarget& target : targets.read(declared)) {
                check_name(expanded, target);
                expanded.push_back(std::move(target));
            }
            if (expanded.size() > kMostTargets)
                return mistakes_.add(declared.place, format("the file has more than {} targets, axes expanded", kMostTargets));
        }
        if (mistakes_.empty())
            link_targets(
                expanded,
                [&](const ExpandedTarget& target, const Platform& platform) { return targets.read_needed_cell(target, platform); },
                mistakes_);
        for (ExpandedTarget& target : expanded) matrix_.targets.push_back(std::move(target.target));
    }

    // "cli-musl" may be declared, and be a cell of "cli" as well.
    void check_name(const std::vector<ExpandedTarget>& before, const ExpandedTarget& target) {
        for (const ExpandedTarget& other : before) {
            const bool same_cell = other.target.name == target.target.name && other.declared != target.declared;
            if (same_cell)
                mistakes_.add(target.target.place, format("the name {} means a cell of {} and one of {}", quoted(target.target.name),
                                                          quoted(other.declared->name), quoted(target.declared->name)));
        }
    }

    void check_secrets() {
        for (const Target& target : matrix_.targets)
            for (const auto* cells : {&target.cells, &target.needed_cells})
                for (const Cell& cell : *cells)
                    for (const SecretUse& use : cell.build.secrets) check_secret(use);
    }

    void check_secret(const SecretUse& use) {
        std::vector<std::string> known;
        for (const SecretSource& secret : matrix_.secrets) known.push_back(secret.id);
        if (use.source.empty() || std::find(known.begin(), known.end(), use.source) != known.end()) return;
        std::string hint = suggestion(use.source, known);
        if (hint.empty()) hint = format("declare it at the top level: secrets: {{{}: {{file: PATH}}}}", use.source);
        mistakes_.add(use.place, format("there is no secret {}", quoted(use.source)), std::move(hint));
    }

    Mistakes mistakes_;
    NodeReader reader_;
    CellRules rules_;
    std::vector<DeclaredTarget> declared_;
    Matrix matrix_;
};

}  // namespace

Checked<Matrix> read_matrix(const SourceTextPtr& text, const Environment& environment, const MatrixRequest& request) {
    auto root = parse_yaml(text);
    if (!root) return tl::unexpected(Errors{std::move(root.error())});
    if (root->kind != YamlKind::Map) {
        Error error{
            ErrorKind::Input, format("the file must hold a map with \"targets\", found {}", describe(*root)), root->place, {}, {}, {}};
        if (!error.place->text) error.place = SourcePlace{text, 0, 0, 1, 0};
        return tl::unexpected(Errors{std::move(error)});
    }
    return MatrixReader(environment, request).read(std::move(*root));
}

}  // namespace mabplan::compiler
