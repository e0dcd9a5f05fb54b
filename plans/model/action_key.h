// What makes two actions the same. One walk over the fields of an action, given to a sink: one sink hashes, one explains, so that
// an explanation can't drift from a key.
#pragma once

#include "plans/model/plan.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

class FieldSink {
public:
    virtual ~FieldSink() = default;
    virtual void field(std::string_view tag, std::string_view value) = 0;
};

// What stands in for the inputs. For a definition key: their definition keys. For a content key: what they produced
// (the chain of diff_ids below a RUN, the facts along the destination of a COPY, the digests of the files copied or mounted).
struct InputIdentity {
    std::string root;
    std::vector<std::string> sources;  // one for each of origins_of(work)
};

// Names the fields in a fixed order. Names, comments, tags, source positions and host facts are not among them; `time` is, of what makes
// layers.
void walk_action(const Work& work, const std::optional<LayerTime>& time, const InputIdentity& inputs, FieldSink& sink);

struct KeyField {
    std::string tag;
    std::string value;
    bool operator==(const KeyField&) const = default;
};

// SHA-256 over the fields, each as: length of tag, tag, length of value, value (lengths as 8 bytes, little endian).
Digest hash_fields(const Work& work, const std::optional<LayerTime>& time, const InputIdentity& inputs);
// The same fields in words.
std::vector<KeyField> explain_fields(const Work& work, const std::optional<LayerTime>& time, const InputIdentity& inputs);

// The definition key, from those of the inputs, which must be set in the plan already.
Digest definition_key(const Plan& plan, const Work& work, const std::optional<LayerTime>& time);
InputIdentity definition_inputs(const Plan& plan, const Work& work);
// What stands for files that are in the plan itself: the digest of their names, modes and contents.
std::string inline_identity(const InlineFiles& files);

}  // namespace mabplan
