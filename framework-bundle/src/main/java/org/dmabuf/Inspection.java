package org.dmabuf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.file.FileTable;

/**
 * Looks at the books of a product without a lock, each part as it is when it is looked at.
 *
 * <pre>
 *   clients --handles, attachments--> sorted by buffer --> {@link Snapshot}
 * </pre>
 */
final class Inspection {
  private final Inventory inventory;
  private final DmaClock clock;

  Inspection(Inventory inventory, DmaClock clock) {
    this.inventory = inventory;
    this.clock = clock;
  }

  Snapshot snapshot() {
    long now = clock.nanos();
    Map<BufferObject, List<Snapshot.Handle>> handles = new HashMap<>();
    Map<BufferObject, List<Snapshot.Attached>> attachments = new HashMap<>();
    List<Snapshot.File> files = new ArrayList<>();
    List<Snapshot.CpuMap> cpuMappings = new ArrayList<>();
    for (Client client : inventory.clients()) {
      for (DmaBuf handle : client.books().handles().values()) {
        handles
            .computeIfAbsent(handle.buffer(), none -> new ArrayList<>())
            .add(handle.snapshot(now));
      }
      for (Attachment attachment : client.books().attachments()) {
        attachments
            .computeIfAbsent(attachment.buffer(), none -> new ArrayList<>())
            .add(attachment.snapshot(now));
      }
      client
          .books()
          .mappings()
          .forEach(mapping -> cpuMappings.add(mapping.snapshot(client.name())));
      add(client.files(), files, cpuMappings);
      client.books().tables().forEach(table -> add(table, files, cpuMappings));
    }
    List<Snapshot.Buffer> all = new ArrayList<>();
    for (BufferObject buffer : inventory.buffers()) {
      all.add(
          BufferReport.snapshot(
              buffer,
              now,
              handles.getOrDefault(buffer, List.of()),
              attachments.getOrDefault(buffer, List.of())));
    }
    return new Snapshot(now, all, files, cpuMappings);
  }

  private static void add(
      FileTable table, List<Snapshot.File> files, List<Snapshot.CpuMap> cpuMappings) {
    files.addAll(table.openFiles());
    cpuMappings.addAll(table.cpuMappings());
  }
}
