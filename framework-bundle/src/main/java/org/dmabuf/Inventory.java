package org.dmabuf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.file.FileTable;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.seam.Seam;

/**
 * All clients of a product and all live buffers, and what can be told of them.
 *
 * <pre>
 *   buffers   1 -> buffer, 2 -> buffer, 5 -> buffer      by number, so by age
 *   clients   client -> {@link Books} -> handles, attachments, tables
 * </pre>
 *
 * <p>Takes no lock to tell: each buffer is as it was at one moment, not all at the same. Walks
 * through the clients' books once, however many buffers there are. Thread-safe. Kernel counterpart:
 * {@code db_list} and {@code dma_buf_debug_show()}.
 */
final class Inventory {
  private final AtomicLong lastInode = new AtomicLong();
  private final ConcurrentSkipListMap<Long, BufferObject> buffers = new ConcurrentSkipListMap<>();
  private final Set<Client> clients = ConcurrentHashMap.newKeySet();

  Set<Client> clients() {
    return clients;
  }

  /** By number; may change while it is walked through. */
  Collection<BufferObject> buffers() {
    return buffers.values();
  }

  /** Makes a buffer and lists it. */
  BufferObject add(DmaBufCore core, Client exporter, ExportInfo info, DmaResv resv) {
    Seam.step();
    BufferObject buffer = new BufferObject(core, exporter, lastInode.incrementAndGet(), info, resv);
    buffers.put(buffer.inode(), buffer);
    return buffer;
  }

  /** Its file has no references any more. */
  void remove(BufferObject buffer) {
    buffers.remove(buffer.inode());
  }

  int size() {
    return buffers.size();
  }

  Iterable<BufferStatistics> statistics() {
    return () -> buffers.values().stream().map(BufferReport::statistics).iterator();
  }

  /** Returns all buffers, oldest first. */
  List<BufferInfo> infos() {
    Map<Long, List<String>> holders = new HashMap<>();
    Map<Long, List<String>> devices = new HashMap<>();
    for (Client client : clients) {
      for (Long inode : client.books().handles().keySet()) {
        holders.computeIfAbsent(inode, first -> new ArrayList<>(2)).add(client.name());
      }
      for (Attachment attachment : client.books().attachments()) {
        long inode = attachment.buffer().inode();
        devices.computeIfAbsent(inode, first -> new ArrayList<>(2)).add(attachment.user());
      }
    }
    List<BufferInfo> infos = new ArrayList<>();
    for (BufferObject buffer : buffers.values()) {
      long inode = buffer.inode();
      infos.add(
          BufferReport.info(
              buffer,
              holders.getOrDefault(inode, List.of()),
              devices.getOrDefault(inode, List.of())));
    }
    return infos;
  }

  /** Returns who has a handle of a buffer, and which devices of whom are attached to it. */
  List<String> usersOf(BufferObject buffer) {
    List<String> users = new ArrayList<>();
    for (Client client : clients) {
      if (client.books().handles().containsKey(buffer.inode())) {
        users.add(client.name());
      }
    }
    for (Client client : clients) {
      for (Attachment attachment : client.books().attachments()) {
        if (attachment.buffer().equals(buffer)) {
          users.add(attachment.user());
        }
      }
    }
    return users;
  }

  long attachments() {
    return clients.stream().mapToLong(client -> client.books().attachments().size()).sum();
  }

  long mappings() {
    return buffers.values().stream().mapToLong(BufferObject::mappings).sum();
  }

  /** Returns how many descriptors are open in all tables. */
  long files() {
    return clients.stream().mapToLong(Inventory::filesOf).sum();
  }

  private static long filesOf(Client client) {
    long own = client.files().size();
    return own + client.books().tables().stream().mapToLong(FileTable::size).sum();
  }
}
