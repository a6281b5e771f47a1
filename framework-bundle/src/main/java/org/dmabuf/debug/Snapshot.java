package org.dmabuf.debug;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.BufferStatistics;
import org.dmabuf.DmaDirection;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;

/**
 * All that is held in a product, by whom and since when. Plain data.
 *
 * <pre>
 *   buffer --+-- handles       of clients
 *            +-- attachments   of devices --- mappings
 *            +-- fences        that are waited for
 *   descriptors, CPU mappings  of tables and clients
 * </pre>
 *
 * <p>Taken without any lock but that of each file table in turn: each part is as it was at a moment
 * of its own, and a buffer that somebody has locked for ever is shown like the others.
 *
 * @param atNanos when it was taken, on the product's clock
 * @param buffers live ones, oldest first
 * @param files descriptors that are open
 * @param cpuMappings files that are mapped for the CPU
 */
public record Snapshot(
    long atNanos, List<Buffer> buffers, List<File> files, List<CpuMap> cpuMappings) {
  /** Takes copies of the lists. */
  public Snapshot {
    buffers = List.copyOf(buffers);
    files = List.copyOf(files);
    cpuMappings = List.copyOf(cpuMappings);
  }

  /**
   * When and where something was taken.
   *
   * @param ageNanos for how long it has been held; empty when that was not noted
   * @param places the caller of the framework first; empty unless leaks are looked for
   */
  public record Taken(OptionalLong ageNanos, List<StackTraceElement> places) {
    /** Takes a copy of the places. */
    public Taken {
      places = List.copyOf(places);
    }

    /** Returns the line that took it; empty unless leaks are looked for. */
    public Optional<String> place() {
      return places.stream().findFirst().map(StackTraceElement::toString);
    }

    /** Returns what is known of something since whose taking the clock has gone on so far. */
    public static Taken of(long ageNanos, Acquisition noted) {
      return new Taken(
          OptionalLong.of(Math.max(0, ageNanos)), noted == null ? List.of() : noted.places());
    }

    /** Returns what was noted, which may be nothing: null. */
    public static Taken of(Acquisition noted) {
      return noted == null
          ? new Taken(OptionalLong.empty(), List.of())
          : of(noted.ageNanos(), noted);
    }
  }

  /**
   * A buffer.
   *
   * @param statistics its number, size, name and exporter
   * @param owner the client that exported it
   * @param policy what becomes of it when its exporter leaves
   * @param state LIVE, ADOPTED, WITHDRAWN or REVOKED
   * @param references handles, descriptors, attachments and mappings that keep it
   * @param mappings by devices and CPUs
   * @param vmaps uses of its mapping at adjacent addresses
   * @param ageNanos since its export
   * @param handles of clients
   * @param attachments of devices, as far as they are listed
   * @param fences of its reservation that have not completed, in the order of their slots
   */
  public record Buffer(
      BufferStatistics statistics,
      String owner,
      String policy,
      String state,
      long references,
      int mappings,
      int vmaps,
      long ageNanos,
      List<Handle> handles,
      List<Attached> attachments,
      List<Fence> fences) {
    /** Takes copies of the lists. */
    public Buffer {
      handles = List.copyOf(handles);
      attachments = List.copyOf(attachments);
      fences = List.copyOf(fences);
    }
  }

  /**
   * A client's handle of a buffer.
   *
   * @param client by name
   * @param count how often it was taken
   * @param vmaps made through it
   * @param taken the first time
   */
  public record Handle(String client, int count, int vmaps, Taken taken) {}

  /**
   * A device attached to a buffer.
   *
   * @param device by name
   * @param client who attached it
   * @param dynamic whether the importer copes with storage that moves
   * @param peerToPeer whether it may be given another device's memory
   * @param pins how often it keeps the storage where it is
   * @param mappings what it has mapped
   * @param taken when it was attached
   */
  public record Attached(
      String device,
      String client,
      boolean dynamic,
      boolean peerToPeer,
      int pins,
      List<Mapping> mappings,
      Taken taken) {
    /** Takes a copy of the list. */
    public Attached {
      mappings = List.copyOf(mappings);
    }
  }

  /**
   * What a device has mapped.
   *
   * @param direction what the device does with it
   * @param kept whether it stays until detach
   * @param bytes of all runs
   * @param runs of device addresses
   * @param taken when it was mapped
   */
  public record Mapping(DmaDirection direction, boolean kept, long bytes, int runs, Taken taken) {}

  /**
   * A fence that is waited for.
   *
   * @param usage what it stands for in the reservation
   * @param driver who completes it
   * @param timeline of the driver
   * @param context number of the timeline
   * @param seqno on the timeline
   * @param ageNanos since it was made; empty unless leaks are looked for
   */
  public record Fence(
      Usage usage,
      String driver,
      String timeline,
      long context,
      long seqno,
      OptionalLong ageNanos) {
    /** Returns what there is to tell of a slot of a reservation. */
    public static Fence of(long atNanos, DmaResv.Entry slot) {
      DmaFence fence = slot.fence();
      OptionalLong madeAt = fence.madeAt();
      return new Fence(
          slot.usage(),
          fence.driverName(),
          fence.timelineName(),
          fence.contextId(),
          fence.seqno(),
          madeAt.isPresent() ? OptionalLong.of(Math.max(0, atNanos - madeAt.getAsLong())) : madeAt);
    }
  }

  /**
   * A descriptor.
   *
   * @param table whose it is
   * @param fd its number
   * @param path as a link to it shows it
   * @param inode of the file
   * @param flags access mode and status flags of the file, see {@code OpenFlags}
   * @param closeOnExec the descriptor's own flag
   * @param taken when it was opened; known only when leaks are looked for
   */
  public record File(
      String table, int fd, String path, long inode, int flags, boolean closeOnExec, Taken taken) {}

  /**
   * A file that is mapped for the CPU.
   *
   * @param owner the client, or the table by which it was mapped
   * @param what the file
   * @param length bytes
   * @param protection see {@code MmapFlags}
   * @param taken when it was mapped
   */
  public record CpuMap(String owner, String what, long length, int protection, Taken taken) {}
}
