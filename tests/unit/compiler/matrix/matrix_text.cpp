#include "tests/unit/compiler/matrix/matrix_text.h"

#include <doctest/doctest.h>

namespace mabplan::compiler {

namespace {

const Platform kHost{"linux", "amd64", "", {}, {}};

Checked<Matrix> read(const MatrixCase& given) {
    MatrixRequest request{kHost, {}};
    for (const std::string& platform : given.platforms) request.platforms.push_back(parse_platform(platform, kHost).value());
    return read_matrix(std::make_shared<SourceText>("m.yaml", given.yaml), MapEnvironment(given.environment), request);
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : " ") + part;
    return out;
}

}  // namespace

Matrix read_good(const MatrixCase& given) {
    auto matrix = read(given);
    std::string errors;
    if (!matrix)
        for (const Error& error : matrix.error()) errors += format_error(error);
    REQUIRE(errors == "");
    return std::move(*matrix);
}

std::string read_bad(const MatrixCase& given) {
    const auto matrix = read(given);
    REQUIRE_FALSE(matrix);
    std::string out;
    for (const Error& error : matrix.error()) out += format_error(error);
    return out;
}

std::string read_bad_briefly(const MatrixCase& given) {
    const auto matrix = read(given);
    REQUIRE_FALSE(matrix);
    std::string out;
    for (const Error& error : matrix.error()) {
        const std::string text = format_error(error);
        out += text.substr(0, text.find('\n') + 1);
    }
    return out;
}

std::string targets_text(const Matrix& matrix) {
    std::string out;
    for (const Target& target : matrix.targets) {
        std::vector<std::string> own, needed;
        for (const Cell& cell : target.cells) own.push_back(format_platform(cell.platform));
        for (const Cell& cell : target.needed_cells) needed.push_back(format_platform(cell.platform));
        out += target.name + ": " + joined(own) + (needed.empty() ? "" : " (needed: " + joined(needed) + ")") + "\n";
    }
    return out;
}

std::string settings_text(const Settings& settings) {
    std::vector<std::string> parts;
    for (const Setting& setting : settings) parts.push_back(setting.name + "=" + setting.value);
    return joined(parts);
}

std::string annotations_text(const std::vector<AnnotationSpec>& annotations) {
    std::vector<std::string> parts;
    for (const AnnotationSpec& annotation : annotations) {
        const std::size_t scopes = annotation.scopes.size();
        parts.push_back(annotation.key + "=" + annotation.value + (scopes == 1 ? "" : "(" + std::to_string(scopes) + ")"));
    }
    return joined(parts);
}

std::string contexts_text(const std::vector<NamedContext>& contexts) {
    std::vector<std::string> parts;
    for (const NamedContext& context : contexts) parts.push_back(context.name + "=" + format_context_location(context.source));
    return joined(parts);
}

std::string outputs_text(const std::vector<OutputSpec>& outputs) {
    std::vector<std::string> parts;
    for (const OutputSpec& output : outputs) {
        std::vector<std::string> attrs;
        for (const auto& [key, value] : output.attrs) attrs.push_back(key + "=" + value);
        parts.push_back(output.type + "(" + joined(attrs) + ")");
    }
    return joined(parts);
}

const Build& build_of(const Matrix& matrix, const std::string& target, const std::string& platform) {
    const Target* found = find_target(matrix, target);
    REQUIRE(found != nullptr);
    const Cell* chosen = nullptr;
    for (const auto* cells : {&found->cells, &found->needed_cells})
        for (const Cell& cell : *cells)
            if (format_platform(cell.platform) == platform) chosen = &cell;
    REQUIRE(chosen != nullptr);
    return chosen->build;
}

}  // namespace mabplan::compiler
