package org.dmabuf;

import java.util.List;
import org.dmabuf.fault.ClientFaults;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MemFd;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.memory.MemoryFile;
import org.dmabuf.memory.MemoryRange;
import org.dmabuf.memory.ReservedRegion;

/**
 * The memory of a client: what it allocates for buffers, reserves, and opens as files. The calls
 * are those of {@link DmaBufRegistry}.
 */
final class ClientMemory {
  private final DmaBufCore core;
  private final MemoryAccount account;
  private final ClientFaults faults;
  private final ClientLife life;
  private final Books books;

  ClientMemory(
      DmaBufCore core, MemoryAccount account, ClientFaults faults, ClientLife life, Books books) {
    this.core = core;
    this.account = account;
    this.faults = faults;
    this.life = life;
    this.books = books;
  }

  BackingStore allocate(long bytes, MemoryAccount charged) {
    life.checkOpen("allocate memory");
    strike(bytes, "pages");
    return keep(core.pool().allocate(bytes, charged, books.stores()::remove));
  }

  ReservedRegion reserve(String regionName, long bytes) {
    life.checkOpen("reserve memory");
    if (faults.isOn()) {
      faults.before(FaultPoint.RESERVE, "The reservation of region " + regionName);
    }
    ReservedRegion region = core.regions().register(regionName, bytes);
    books.regions().add(region);
    return life.kept("reserve memory", region, ReservedRegion::close);
  }

  BackingStore allocate(ReservedRegion region, long bytes, MemoryAccount charged) {
    life.checkOpen("allocate memory");
    strike(bytes, "memory of a region");
    return keep(region.allocate(bytes, charged, books.stores()::remove));
  }

  MemoryFile memoryFile(String file, long bytes, MemoryAccount charged) {
    life.checkOpen("make a memory file");
    strike(bytes, "memory file " + file);
    return core.memoryFiles().create(file, bytes, charged);
  }

  int memfd(FileTable table, String file, long bytes, int seals, boolean cloexec) {
    MemoryFile memory = memoryFile(file, bytes, table.account());
    MemFd open = new MemFd(memory, core.nextMemoryInode(), core.meter());
    try {
      if (seals != 0) {
        memory.addSeals(seals);
      }
      return table.install(open, cloexec);
    } catch (DmaBufException refused) {
      open.put();
      throw refused;
    }
  }

  BackingStore store(List<MemoryRange> ranges) {
    life.checkOpen("take pages of memory files");
    return keep(core.memoryFiles().store(ranges, books.stores()::remove));
  }

  ClientArena arena() {
    life.checkOpen("make arenas");
    ClientArena arena = new ClientArena(account, faults, books.arenas()::remove);
    books.arenas().add(arena);
    return life.kept("make arenas", arena, ClientArena::close);
  }

  private void strike(long bytes, String what) {
    if (faults.isOn()) {
      faults.before(FaultPoint.ALLOCATE, "An allocation of " + bytes + " bytes, " + what);
    }
  }

  private BackingStore keep(BackingStore store) {
    books.stores().add(store);
    return life.kept("allocate memory", store, BackingStore::close);
  }
}
