// What the store knows beside the bytes: results of actions by key, why each key is what it is, packed forms of layers, when
// something was last used. Kept in SQLite; every call is safe from several threads and processes.
//
// Tables: results(key, kind, diff_id, bytes, seconds, emulator, made, used) · explanations(key, fields, origin) ·
//         left_out(key, path, what) · packed(diff_id, codec, digest, bytes, used) · programs, baked_in (layer_fact_tables.h) ·
//         remote(address, value, etag, modified) · history (instruction_history.h) · images, origins (image_names.h) ·
//         members (member_table.h) · sizes (size_table.h) · meta(name, value). Times are seconds since 1970.
#pragma once

#include "plans/base/digest.h"
#include "runtime/store/image_names.h"
#include "runtime/store/instruction_history.h"
#include "runtime/store/layer_fact_tables.h"
#include "runtime/store/member_table.h"
#include "runtime/store/records_file.h"
#include "runtime/store/result_cache.h"
#include "runtime/store/size_table.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/wall_clock.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace mabplan::runtime {

struct PackedLayer {
    Digest digest;
    std::uint64_t bytes = 0;
    bool operator==(const PackedLayer&) const = default;
};

// What an address in the network gave when it was asked last: a URL its file, a ref of a repository its commit.
struct RemoteAnswer {
    std::string value;  // the digest of the file, or the commit
    std::string etag;   // headers of the answer as they were (RFC 9110, sections 8.8.2 and 8.8.3); empty if there were none
    std::string modified;
    bool operator==(const RemoteAnswer&) const = default;
};

struct ResultRow {
    Digest key;
    KeyKind kind = KeyKind::Definition;
    ActionResult result;
    std::string origin;
    std::int64_t made = 0;
    std::int64_t used = 0;
};

class Records final : public ResultCache {
public:
    // Opens or creates the file and brings its tables up to date. A file of a newer version is an error; a damaged one is replaced by
    // one with what can be read of it (records_file.h), here and wherever damage is found later.
    static Result<std::unique_ptr<Records>> open(const std::string& path, WallClock& clock = host_clock());
    // Who is told of what was replaced, also before; by the thread that finds it. Gives who was told until now.
    using Tell = std::function<void(const std::string&)>;
    Tell on_repair(Tell tell);

    Result<std::optional<ActionResult>> find(const ResultKey& key) override;
    Status put(const ResultKey& key, const ActionResult& result) override;
    // The keys that an instruction had, the latest first.
    Result<std::vector<InstructionRecord>> history(const InstructionId& instruction);

    Result<std::optional<PackedLayer>> find_packed(const Digest& diff_id, const std::string& codec);
    Status put_packed(const Digest& diff_id, const std::string& codec, const PackedLayer& packed);

    Result<std::optional<MemberOfBlob>> find_member(const Digest& unpacked, const std::string& codec);
    Status put_members(const std::string& codec, const Digest& blob, const std::vector<MemberRow>& members);

    // The programs in a layer; nothing if nobody has looked yet.
    Result<std::optional<std::vector<ProgramFound>>> find_programs(const Digest& diff_id);
    Status put_programs(const Digest& diff_id, const std::vector<ProgramFound>& programs);

    // Sorted by path; nothing where nobody looked.
    Result<std::vector<BakedIn>> find_baked_in(const Digest& diff_id);
    Status put_baked_in(const Digest& diff_id, const std::vector<BakedIn>& found);

    Result<std::optional<RemoteAnswer>> find_remote(const std::string& address);
    Status put_remote(const std::string& address, const RemoteAnswer& answer);
    Result<std::vector<std::pair<std::string, RemoteAnswer>>> remote_answers();  // by address

    // An image by name: `origins` are those of blobs that it names and that need not be in the store.
    Status put_image(const std::string& name, const Descriptor& root, const std::vector<BlobOrigin>& origins = {});
    Result<std::optional<NamedImage>> find_image(const std::string& name);
    Result<std::vector<NamedImage>> images();
    Result<bool> forget_image(const std::string& name);  // false: there was none
    Result<std::optional<ImageLocation>> find_origin(const Digest& blob);

    Result<std::vector<ResultRow>> list();
    // Which instructions have had each key.
    Result<std::map<Digest, std::vector<InstructionId>>> instructions();
    // Why the key is what it is; empty for one without a result. It is no use of it.
    Result<Explanation> explanation(const Digest& key);
    Result<std::vector<LeftOut>> left_out(const Digest& key);
    // The packed forms of a layer, by codec.
    Result<std::map<std::string, PackedLayer>> packed_forms(const Digest& diff_id);
    Result<RememberedUses> remembered_uses();
    Status remember_uses(const RememberedUses& before, const RememberedUses& now);
    // Whether an action has made the layer.
    Result<bool> has_result_with(const Digest& diff_id);
    // Last use of each layer, by diff_id and by packed digest: the order of eviction.
    Result<std::map<Digest, std::int64_t>> last_uses();
    // What has these definition keys is used by a run that need not ask for it. Dated to the hour.
    void note_uses(const std::vector<Digest>& keys);
    // Drops all that refers to the layer or blob.
    Status forget_layer(const Digest& digest);
    // Drops what says that the blob is a packed layer.
    Status forget_packed(const Digest& digest);
    // What is wrong with the file, a sentence each: every page that something stands in is read.
    Result<std::vector<std::string>> check();
    // Replaces the file by a new one with what can be read of it, because of a fault that was found.
    Status repair(const std::string& fault);
    // Writes the access times gathered since the start.
    Status flush();

private:
    struct Use {
        std::int64_t time = 0;
        KeyKind kind = KeyKind::Definition;
        std::vector<InstructionId> instructions;
        bool is_noted = false;  // alone: nobody asked
    };
    struct Uses {
        std::map<Digest, Use> results;               // that were found
        std::map<std::string, std::int64_t> packed;  // layers that were found: digest -> now
    };
    Records(RecordsFile file, WallClock& clock) : file_(std::move(file)), clock_(clock) {}
    // What `ask` says of the database, or of the new one where damage is found or another process has replaced it meanwhile: then it is
    // asked once more, and all that it has done so far may be undone or not.
    template <class Ask>
    std::invoke_result_t<Ask, Database&> ask(Ask ask);
    // The same in a transaction.
    template <class Change>
    Status change(Change change);
    void tell(const std::vector<std::string>& repairs) const;

    Guarded<RecordsFile> file_;
    Guarded<Uses> uses_;
    Guarded<Tell> tell_;
    WallClock& clock_;
};

}  // namespace mabplan::runtime
