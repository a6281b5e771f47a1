package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.fault.FaultPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole buffer at adjacent addresses, once for all its users.
 *
 * <pre>
 *   no users --first map--> mapped, 1 user --map--> n users --unmap--> ... --last unmap--> no users
 *               exporter's vmap                                  exporter's vunmap
 * </pre>
 *
 * <p>Guarded by the buffer's reservation. Kernel counterpart: {@code vmapping_counter} and {@code
 * vmap_ptr}.
 */
final class Vmap {
  private static final Logger LOG = LoggerFactory.getLogger(Vmap.class);

  private final BufferObject buffer;
  private int users; // who takes a snapshot reads without the reservation, perhaps an old number
  private Arena arena;
  private MemorySegment address;
  private boolean ioMemory;

  Vmap(BufferObject buffer) {
    this.buffer = buffer;
  }

  int users() {
    return users;
  }

  /** Whether what is mapped lies in a device; only while there are users. */
  boolean isIoMemory() {
    return ioMemory;
  }

  MemorySegment map() {
    buffer.checkHeld("vmap");
    buffer.checkUsable("vmap");
    if (users == 0) {
      Arena fresh = Arena.ofShared();
      try {
        address = buffer.callLocked(FaultPoint.VMAP, "vmap", driver -> mapBy(driver, fresh));
        arena = fresh;
      } finally {
        if (arena == null) {
          fresh.close();
        }
      }
    }
    users++;
    buffer.mappingMade();
    return address;
  }

  /** EINVAL without the reservation, or for an address that is not the vmap's. */
  void check(MemorySegment given) {
    buffer.checkHeld("vunmap");
    if (users == 0 || !address.equals(given)) {
      throw new DmaBufException(
          Errno.EINVAL,
          buffer.describe()
              + " was vunmapped with an address that is not its vmap; the caller is at fault");
    }
  }

  /** Fails only before anything is changed; an exporter that throws is logged. */
  void unmap(MemorySegment given) {
    check(given);
    buffer.mappingGone();
    if (--users == 0) {
      end();
    }
  }

  /** Gives back for users that have gone. */
  void drop(int gone) {
    boolean done =
        buffer.withReservationSoon(
            () -> {
              for (int i = 0; i < gone && users > 0; i++) {
                unmap(address);
              }
            });
    if (!done) {
      LOG.warn("{} vmaps of {} stay: its reservation is not unlocked", gone, buffer.describe());
    }
  }

  private MemorySegment mapBy(DmaBufOps driver, Arena fresh) {
    if (!(driver instanceof DmaBufOps.Vmappable vmappable)) {
      throw new DmaBufException(
          Errno.EINVAL, buffer.describe() + " cannot be vmapped; its exporter has no vmap");
    }
    boolean io = vmappable.isIoMemory();
    MemorySegment whole = vmappable.vmap(fresh);
    if (whole == null) {
      throw new DmaBufException(
          Errno.ENOMEM, "The exporter of " + buffer.describe() + " gave no memory for a vmap");
    }
    ioMemory = io;
    return whole;
  }

  private void end() {
    Arena ended = arena;
    MemorySegment gone = address;
    arena = null;
    address = null;
    if (!buffer.isOrphaned()) {
      try {
        buffer.callLocked(FaultPoint.VUNMAP, "vunmap", driver -> unmapBy(driver, gone));
      } catch (DmaBufException failed) {
        LOG.warn("{}", failed.getMessage());
      }
    }
    try {
      ended.close();
    } catch (IllegalStateException busy) {
      LOG.warn(
          "A vmap of {} was given back while a call uses it: {}",
          buffer.describe(),
          busy.getMessage());
    }
  }

  private static Void unmapBy(DmaBufOps driver, MemorySegment gone) {
    if (driver instanceof DmaBufOps.Vmappable vmappable) {
      vmappable.vunmap(gone);
    }
    return null;
  }
}
