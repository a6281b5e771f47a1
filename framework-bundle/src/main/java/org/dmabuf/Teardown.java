package org.dmabuf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.dmabuf.debug.Leak;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.OpenContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.ReservedRegion;
import org.dmabuf.negotiation.DeviceCatalog.Listing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes what a stopped client left behind, in order, each step guarded so that one failure strands
 * nothing:
 *
 * <pre>
 *   first         callbacks, so that nothing below calls into the bundle
 *   as a process  fences (ECANCELED) -> mappings -> attachments -> files -> handles
 *   as a module   live buffers by their policy -> calls inside drained
 *   the rest      memory
 * </pre>
 *
 * <p>Kernel counterpart: {@code exit_files()} and {@code module_put()}.
 */
final class Teardown {
  private static final Logger LOG = LoggerFactory.getLogger(Teardown.class);
  private static final long DRAIN_NANOS = 2_000_000_000L;

  private final DmaBufCore core;
  private final Client client;
  private final List<String> left = new ArrayList<>();

  Teardown(DmaBufCore core, Client client) {
    this.core = core;
    this.client = client;
  }

  void run() {
    client.life().leave();
    // Taken out of the notes before anything is undone, as that is not the client's doing.
    List<Leak> held = client.tracker().end();
    each("callbacks", client.books().callbacks(), callback -> false, FenceCallback::close);
    each("watches", client.books().watches(), watch -> false, Listing::close);
    each(
        "fence contexts",
        client.books().contexts(),
        context -> !context.isClosed(),
        OpenContext::close);
    each("CPU mappings", client.books().mappings(), mapping -> true, CpuMapping::close);
    each("attachments", client.books().attachments(), attachment -> true, Attachment::abandon);
    int open = client.files().size();
    if (open > 0) {
      left.add(open + " files");
    }
    guarded("files", client.files(), FileTable::close);
    each("file tables", client.books().tables(), table -> !table.isClosed(), FileTable::close);
    each("handles", client.books().handles().values(), handle -> true, DmaBuf::abandon);
    exporterLeaves();
    each("regions", client.books().regions(), region -> false, ReservedRegion::close);
    each("backing stores", client.books().stores(), store -> false, BackingStore::close);
    client.life().gone();
    if (!left.isEmpty()) {
      LOG.warn("{} stopped and left {}; all was given back for it", client.name(), left);
    }
    held.forEach(client.tracker()::tell);
  }

  private void exporterLeaves() {
    core.releases().awaitReleased(client);
    for (BufferObject buffer : client.books().exported()) {
      guarded("buffers", buffer, BufferObject::exporterLeaves);
    }
    // A release that has begun is the driver's last call; a close from within it cannot wait for
    // it.
    if (!client.gate().isInside() && !core.releases().awaitReleasing(client, DRAIN_NANOS)) {
      LOG.warn("A release is still inside {} two seconds after it stopped", client.name());
    }
    if (!client.gate().closeAndDrain(core.clock(), DRAIN_NANOS)) {
      LOG.warn("A call is still inside {} two seconds after it stopped", client.name());
    }
    client.books().exported().clear();
  }

  private <T> void each(String what, Collection<T> all, Predicate<T> isLeft, Consumer<T> undo) {
    long count = all.stream().filter(isLeft).count();
    if (count > 0) {
      left.add(count + " " + what);
    }
    for (T one : List.copyOf(all)) {
      guarded(what, one, undo);
    }
    all.clear();
  }

  private <T> void guarded(String what, T one, Consumer<T> undo) {
    try {
      undo.accept(one);
    } catch (RuntimeException | Error failed) {
      LOG.warn("Taking {} from {} failed: {}", what, client.name(), failed.toString());
    }
  }
}
