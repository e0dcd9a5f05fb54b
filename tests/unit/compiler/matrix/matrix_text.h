// A Matrix as text, one line a fact, and the errors of a reading as people see them: what the tests of this folder compare.
#pragma once

#include "compiler/matrix/read_matrix.h"
#include "tests/unit/compiler/matrix/map_environment.h"

#include <map>
#include <string>

namespace mabplan::compiler {

struct MatrixCase {
    std::string yaml;
    std::map<std::string, std::string> environment = {};
    std::vector<std::string> platforms = {};  // as if asked for on the command line
};

// On a host of linux/amd64. Fails the running test if there are errors.
Matrix read_good(const MatrixCase& given);
// All messages, each with its excerpt and hint. Fails the running test if there is none.
std::string read_bad(const MatrixCase& given);
// The first line of each message.
std::string read_bad_briefly(const MatrixCase& given);

// "cli-musl: linux/amd64 linux/arm64 (needed: linux/arm/v7)", one line a target.
std::string targets_text(const Matrix& matrix);
std::string settings_text(const Settings& settings);                           // "A=1 B=2"
std::string annotations_text(const std::vector<AnnotationSpec>& annotations);  // "a=1 b=2(3)": of three levels
std::string contexts_text(const std::vector<NamedContext>& contexts);          // "base=target:base"
std::string outputs_text(const std::vector<OutputSpec>& outputs);              // "oci(dest=x) registry()"
// The build of a target on a platform; fails the running test if there is none.
const Build& build_of(const Matrix& matrix, const std::string& target, const std::string& platform);

}  // namespace mabplan::compiler
