package org.dmabuf.gem;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open GEM device: the handles of one client, and what it shares of them.
 *
 * <pre>
 *   OPEN --last descriptor closed--> CLOSED      either way all handles are closed, in turn, and
 *        --the driver leaves-------> GONE        the fences signalled; GONE answers ENODEV
 * </pre>
 *
 * <p>Thread-safe. Its monitor guards handles and look-ups; it is not held while another device
 * attaches, maps or frees: a thread that imports looks again afterwards, and takes what another one
 * has imported meanwhile. Kernel counterpart: {@code struct drm_file} with its {@code prime.lock}.
 */
final class GemFile extends OpenFile implements GemOpenFile {
  private static final Logger LOG = LoggerFactory.getLogger(GemFile.class);

  private final GemCore device;
  private final String owner;
  private final GemRequests requests;
  private final ClientFences fences;
  private final GemHandles handles = new GemHandles(); // guarded by itself
  private boolean ended; // guarded by handles
  private final AtomicReference<GemExtension> extension = new AtomicReference<>(); // null: none

  GemFile(GemCore device, GemNode node, String owner, int flags) {
    super(flags);
    this.device = device;
    this.owner = owner;
    this.fences = new ClientFences(device);
    this.requests = new GemRequests(device, node, this);
  }

  /** Gives it what its driver does beside memory, before anybody has it. */
  void extend(GemExtension by) {
    extension.set(by);
  }

  /** Who opened it. */
  String owner() {
    return owner;
  }

  ClientFences fences() {
    return fences;
  }

  @Override
  public String describe() {
    return "device " + device.name();
  }

  @Override
  protected int ioctl(FileTable caller, int request, MemorySegment argument) {
    if (!requests.isOurs(request)) {
      return super.ioctl(caller, request, argument);
    }
    GemExtension more = extension.get();
    if (more != null && more.has(request)) {
      // Not inside the device: it may wait for fences, and its end is its own.
      more.ioctl(caller, request, argument);
    } else {
      device.inside("asked", () -> requests.call(caller, request, argument));
    }
    return 0;
  }

  @Override
  protected long read(MemorySegment to) {
    GemExtension more = extension.get();
    return more == null ? super.read(to) : more.read(to);
  }

  @Override
  public GemMemory open(int handle) {
    return device.inside(
        "asked for a buffer", () -> GemMemory.of(find(handle), device.registry().meter()));
  }

  @Override
  public int handleOf(GemMemory memory) {
    return device.inside("given an object", () -> handleOf(memory.object()));
  }

  @Override
  public void ready(int events) {
    wake(events);
  }

  /**
   * Maps an object by its offset, which only a file that has a handle of it may. The mapping keeps
   * the file open, and with it handles and fences, as in Linux.
   */
  @Override
  protected CpuMapping mmap(FileTable caller, long offset, long length, int protection, int flags) {
    return device.inside("mapped", () -> map(offset, length, protection, flags));
  }

  private CpuMapping map(long offset, long length, int protection, int flags) {
    GemObject object = device.offsets().find(offset, length).orElseThrow(() -> noObject(offset));
    synchronized (handles) {
      if (!handles.names(object)) {
        throw refused(
            Errno.EACCES, "was mapped at the offset of an object that it has no handle of");
      }
    }
    if (MmapFlags.isPrivate(flags)) {
      throw refused(Errno.EINVAL, "was mapped with MAP_PRIVATE; objects are there to be shared");
    }
    CpuMapping mapping = object.mmap(length, protection);
    tryGet(); // the caller holds a reference, so there is one more to be had
    mapping.whenUnmapped(this::put);
    return mapping;
  }

  private DmaBufException noObject(long offset) {
    return refused(
        Errno.EINVAL,
        "was mapped at "
            + offset
            + ", where no object begins that is long enough; MAP_DUMB gives an object's offset");
  }

  @Override
  protected boolean isPollable() {
    return true;
  }

  /** It has no events but those of its extension. */
  @Override
  protected int poll(int events) {
    GemExtension more = extension.get();
    return more == null ? 0 : more.poll(events);
  }

  /** Gives an object a handle; the caller's reference passes to it, also when it fails. */
  int handleOf(GemObject object) {
    synchronized (handles) {
      if (!ended) {
        object.handleMade(null);
        return handles.add(object);
      }
    }
    object.put();
    throw gone("given an object");
  }

  /** Returns the object of a handle with a reference; ENOENT. */
  GemObject find(int handle) {
    synchronized (handles) {
      GemObject object = handles.find(handle).orElseThrow(() -> unknown(Errno.ENOENT, handle));
      object.tryGet(); // the handle has a reference, so there is one more to be had
      return object;
    }
  }

  /** Takes a handle back; EINVAL when there is none. */
  void close(int handle) {
    Closed closed;
    synchronized (handles) {
      closed = removed(handle);
    }
    if (closed == null) {
      throw unknown(Errno.EINVAL, handle);
    }
    closed.finish();
  }

  /** Returns the dma-buf of a handle with a count that the caller closes; ENOENT. */
  DmaBuf export(int handle, int fileFlags) {
    synchronized (handles) {
      GemObject object = handles.find(handle).orElseThrow(() -> unknown(Errno.ENOENT, handle));
      Optional<DmaBuf> known = handles.prime().bufferOf(handle);
      if (known.isPresent()) {
        return known.get().get();
      }
      DmaBuf buffer = object.export(fileFlags);
      handles.prime().add(handle, buffer.get());
      return buffer;
    }
  }

  /**
   * Returns the handle of a dma-buf: the one that it has, or a new one.
   *
   * @param buffer whose count passes to this file, also when it fails
   */
  int importBuffer(DmaBuf buffer) {
    GemObject object = null;
    try {
      OptionalInt known = known(buffer);
      if (known.isPresent()) {
        return known.getAsInt();
      }
      object = device.own(buffer).orElse(null);
      if (object == null) {
        object = device.importBuffer(buffer);
      }
      synchronized (handles) {
        known = handles.prime().handleOf(buffer);
        if (known.isPresent()) {
          return known.getAsInt(); // another thread's, which was faster
        }
        if (ended) {
          throw gone("given " + buffer);
        }
        object.handleMade(buffer);
        int handle = handles.add(object);
        handles.prime().add(handle, buffer.get());
        object = null; // its reference is the handle's
        return handle;
      }
    } finally {
      if (object != null) {
        object.put();
      }
      buffer.close();
    }
  }

  private OptionalInt known(DmaBuf buffer) {
    synchronized (handles) {
      return handles.prime().handleOf(buffer);
    }
  }

  /** The last descriptor is closed. */
  @Override
  protected void released() {
    device.closed(this);
    end();
  }

  /** The driver leaves. */
  void gone() {
    end();
  }

  private void end() {
    GemExtension more = extension.getAndSet(null);
    if (more != null) {
      more.close();
    }
    fences.close();
    synchronized (handles) {
      ended = true;
    }
    // One by one, for the lock is not held while storage is freed; nothing is added any more.
    for (Closed closed = next(); closed != null; closed = next()) {
      closed.finish();
    }
    synchronized (handles) {
      if (handles.prime().size() > 0) {
        LOG.warn("{} ends with {} dma-bufs in its look-ups", describe(), handles.prime().size());
      }
    }
  }

  private Closed next() {
    synchronized (handles) {
      OptionalInt first = handles.first();
      return first.isPresent() ? removed(first.getAsInt()) : null;
    }
  }

  private Closed removed(int handle) {
    return handles
        .remove(handle)
        .map(object -> new Closed(object, handles.prime().remove(handle)))
        .orElse(null);
  }

  /** A handle that is gone, and what it had. */
  private record Closed(GemObject object, Optional<DmaBuf> shared) {
    void finish() {
      shared.ifPresent(PrimeCache::drop);
      object.handleGone();
      object.put();
    }
  }

  private DmaBufException unknown(Errno errno, int handle) {
    return refused(
        errno,
        "was asked for object "
            + Integer.toUnsignedString(handle)
            + "; this open file has none of that number");
  }

  private DmaBufException gone(String what) {
    return refused(Errno.ENODEV, "was " + what + " when it had gone; open its successor");
  }

  private DmaBufException refused(Errno errno, String why) {
    return new DmaBufException(errno, "Device " + device.name() + " " + why);
  }
}
