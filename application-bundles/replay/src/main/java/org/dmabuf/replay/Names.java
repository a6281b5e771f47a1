package org.dmabuf.replay;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.CpuMapping;

/**
 * What the names of a scenario stand for. A name is bound once.
 *
 * <pre>
 *   descriptor   number --closed()--> NOT_OPEN, for the table gives the number to others
 *   mapping      stays what it is after munmap: an access to it faults
 *   buffer       inode --> the first descriptor that was bound to it
 *   device       descriptor --> the open file, which its duplicates share
 *   handle       number on one open device --destroyed, or asked of another--> NOT_LIVE
 *   fence        number on one open device, for ever; asked of another: NOT_LIVE
 *   framebuffer  as a fence: its number does not come again
 * </pre>
 *
 * <p>Used by one thread at a time.
 */
final class Names {
  /** A number beyond every table: a descriptor that was closed, whose number is not used again. */
  static final int NOT_OPEN = 1 << 30;

  /** A number that no device gives: a handle that is gone, or that of another device. */
  static final int NOT_LIVE = 1 << 30;

  /** An open device file: nothing but itself. */
  private static final class Device {}

  private record Handle(Device device, int number) {}

  private final Map<String, Integer> descriptors = new HashMap<>();
  private final Map<String, CpuMapping> mappings = new HashMap<>();
  private final Map<Long, String> buffers = new HashMap<>();
  private final Map<Integer, Device> devices = new HashMap<>();
  private final Map<String, Handle> handles = new LinkedHashMap<>();
  private final Map<String, Handle> fences = new HashMap<>();
  private final Map<String, Handle> framebuffers = new HashMap<>();

  void bind(String name, int descriptor) {
    descriptors.put(name, descriptor);
  }

  void bind(String name, CpuMapping mapping) {
    mappings.put(name, mapping);
  }

  /**
   * Returns the name that a buffer was first bound to, or binds it to this one.
   *
   * @return empty when it was not bound before
   */
  Optional<String> firstOf(long inode, String name) {
    return Optional.ofNullable(buffers.putIfAbsent(inode, name));
  }

  /** Remembers that a device was opened. */
  void opened(int descriptor) {
    devices.put(descriptor, new Device());
  }

  /** Remembers that a descriptor names what another one does. */
  void duplicated(int from, int descriptor) {
    if (devices.containsKey(from)) {
      devices.put(descriptor, devices.get(from));
    }
  }

  /** Binds a handle of an open device. */
  void bindHandle(String name, int device, int number) {
    handles.put(name, new Handle(devices.get(device), number));
  }

  /** Binds a fence that was attached through an open device. */
  void bindFence(String name, int device, int number) {
    fences.put(name, new Handle(devices.get(device), number));
  }

  /** Binds a framebuffer of an open device. */
  void bindFramebuffer(String name, int device, int number) {
    framebuffers.put(name, new Handle(devices.get(device), number));
  }

  /** Returns the number of a framebuffer as a device is to be asked for it. */
  int framebuffer(String name, int device) {
    return on(device, found(framebuffers.get(name), name));
  }

  /** Returns the name that a live handle was first bound to; empty when it was not bound before. */
  Optional<String> firstOfHandle(int device, int number) {
    Handle handle = new Handle(devices.get(device), number);
    return handles.entrySet().stream()
        .filter(bound -> bound.getValue().equals(handle))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Remembers that a device has taken a handle back. */
  void destroyed(int device, int number) {
    Handle gone = new Handle(devices.get(device), number);
    handles.replaceAll(
        (name, handle) -> handle.equals(gone) ? new Handle(gone.device(), NOT_LIVE) : handle);
  }

  /** Returns the number of a handle as a device is to be asked for it. */
  int handle(String name, int device) {
    return on(device, found(handles.get(name), name));
  }

  /** Returns the number of a fence as a device is to be asked for it. */
  int fence(String name, int device) {
    return on(device, found(fences.get(name), name));
  }

  private int on(int device, Handle handle) {
    return handle.device() == devices.get(device) ? handle.number() : NOT_LIVE;
  }

  /** Remembers that a descriptor was closed. */
  void closed(int descriptor) {
    devices.remove(descriptor);
    descriptors.replaceAll((name, number) -> number == descriptor ? NOT_OPEN : number);
  }

  int descriptor(String name) {
    return found(descriptors.get(name), name);
  }

  CpuMapping mapping(String name) {
    return found(mappings.get(name), name);
  }

  private static <T> T found(T bound, String name) {
    if (bound == null) {
      throw new Unreplayable("nothing of that kind is bound to " + name);
    }
    return bound;
  }
}
