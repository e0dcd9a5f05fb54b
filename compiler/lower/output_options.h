// The options of one output as its type asks for them. Knows how each is spelled and refused; does not know which type has which.
#pragma once

#include "compiler/matrix/output_spec.h"
#include "plans/model/output.h"

#include <string>

namespace mabplan::compiler {

// An Input error at the place of the output.
Failure refuse_output(const OutputSpec& spec, std::string message, std::string hint);

class OutputOptions {
public:
    // The spec must outlive this.
    explicit OutputOptions(const OutputSpec& spec) : spec_(spec) {}

    // What is not said is `otherwise`.
    Result<bool> flag(const char* key, bool otherwise) const;
    Result<Compression> compression(Compression otherwise) const;
    // Where it is to go; an error if nothing is said, or if a folder is to be standard output.
    Result<std::string> destination(OutputForm form) const;

private:
    const std::string* find(const char* key) const;
    const OutputSpec& spec_;
};

}  // namespace mabplan::compiler
