// The members of the packed layers that are in the store. Knows blobs and records; does not know what packs.
#pragma once

#include "runtime/layer/packed_members.h"
#include "runtime/store/blob_store.h"
#include "runtime/store/records.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/guarded.h"

#include <map>
#include <string>
#include <vector>

namespace mabplan::runtime {

class StoredMembers final : public PackedMembers {
public:
    StoredMembers(Records& records, const BlobStore& blobs, std::string codec)
        : records_(records), blobs_(blobs), codec_(std::move(codec)) {}

    bool find(const Digest& unpacked, std::string& packed) override;
    void note(const Digest& unpacked, std::uint64_t offset, std::string_view packed) override;
    // What was noted stands in this blob, which is in the store.
    Status keep(const Digest& blob);

private:
    const Fd& file_of(const Digest& blob);

    Records& records_;
    const BlobStore& blobs_;
    std::string codec_;
    Guarded<std::map<Digest, Fd>> files_;
    std::vector<MemberRow> noted_;
};

}  // namespace mabplan::runtime
