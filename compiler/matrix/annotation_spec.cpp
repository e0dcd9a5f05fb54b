#include "compiler/matrix/annotation_spec.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/known_platform.h"

#include <array>
#include <utility>

namespace mabplan::compiler {

namespace {

constexpr std::array<std::pair<std::string_view, AnnotationLevel>, 4> kLevels{{{"manifest", AnnotationLevel::Manifest},
                                                                               {"manifest-descriptor", AnnotationLevel::ManifestDescriptor},
                                                                               {"index", AnnotationLevel::Index},
                                                                               {"index-descriptor", AnnotationLevel::IndexDescriptor}}};

// The reading of one name; all that is wrong in it is said with the whole of it.
class AnnotationName {
public:
    AnnotationName(std::string_view name, const std::optional<SourcePlace>& place) : name_(name), place_(place) {}

    Result<AnnotationSpec> parse() const {
        AnnotationSpec spec;
        spec.place = place_;
        const std::size_t colon = name_.find(':');
        spec.key = colon == std::string_view::npos ? name_ : name_.substr(colon + 1);
        if (spec.key.empty() || spec.key.find_first_of(" \t\r\n\v\f") != std::string::npos)
            return wrong("its key is empty or has white space", "write KEY or TYPE:KEY, as in manifest:org.opencontainers.image.title");
        if (colon == std::string_view::npos) {
            spec.scopes.emplace_back();
            return spec;
        }
        for (const std::string_view text : split(name_.substr(0, colon), ',')) {
            MABPLAN_TRY(scope, parse_scope(text));
            spec.scopes.push_back(std::move(scope));
        }
        return spec;
    }

private:
    Failure wrong(std::string_view what, std::string hint) const {
        return fail(Error{ErrorKind::Input, format("annotation {}: {}", quoted(name_), what), place_, {}, std::move(hint)});
    }

    Result<AnnotationScope> parse_scope(std::string_view text) const {
        const std::size_t bracket = text.find('[');
        MABPLAN_TRY(level, parse_level(text.substr(0, bracket)));
        if (bracket == std::string_view::npos) return AnnotationScope{level, std::nullopt};
        if (level == AnnotationLevel::Index || level == AnnotationLevel::IndexDescriptor)
            return wrong("an index has no platform of its own", format("write {}:KEY, or manifest{}:KEY for the image of one platform",
                                                                       text.substr(0, bracket), text.substr(bracket)));
        MABPLAN_TRY(platform, parse_brackets(text.substr(bracket)));
        return AnnotationScope{level, std::move(platform)};
    }

    Result<AnnotationLevel> parse_level(std::string_view text) const {
        std::vector<std::string> known;
        for (const auto& [word, level] : kLevels) {
            if (word == text) return level;
            known.emplace_back(word);
        }
        std::string hint = suggestion(text, known);
        if (hint.empty()) hint = format("the types are {}; a key that has a colon is written manifest:KEY", join(known, ", "));
        return wrong(format("unknown type {}", quoted(text)), std::move(hint));
    }

    Result<Platform> parse_brackets(std::string_view text) const {
        constexpr const char* kForm = "write os/arch or os/arch/variant in brackets: manifest[linux/arm64]:KEY";
        const bool closed = text.ends_with(']');
        const std::string_view inner = text.substr(1, text.size() - (closed ? 2 : 1));
        if (!closed || inner.find('/') == std::string_view::npos)
            return wrong(format("{} is no platform in brackets", quoted(text)), kForm);
        auto platform = parse_known_platform(inner, Platform{});
        if (!platform) return wrong(platform.error().message, platform.error().hint.empty() ? kForm : platform.error().hint);
        return std::move(*platform);
    }

    std::string_view name_;
    const std::optional<SourcePlace>& place_;
};

}  // namespace

Result<AnnotationSpec> parse_annotation(std::string_view name, std::string value, const std::optional<SourcePlace>& place) {
    MABPLAN_TRY(spec, AnnotationName(name, place).parse());
    spec.value = std::move(value);
    return spec;
}

}  // namespace mabplan::compiler
