package org.dmabuf.display.kms;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The framebuffers of a display, by number. A number does not come again.
 *
 * <pre>
 *   LISTED --remove()--> what shows it is emptied --+
 *          --close()-------------------------------+--> unlisted, given back by its last user
 * </pre>
 *
 * <p>Thread-safe: guarded by the display's lock.
 */
final class Framebuffers {
  private final KmsDevice device;
  private final FramebufferMaker maker;
  private final Map<Integer, Framebuffer> listed = new LinkedHashMap<>();

  Framebuffers(KmsDevice device) {
    this.device = device;
    this.maker = new FramebufferMaker(device.info());
  }

  Framebuffer add(KmsFile file, FramebufferRequest request) {
    return device.inside(() -> make(file, request));
  }

  private Framebuffer make(KmsFile file, FramebufferRequest request) {
    Framebuffer made = maker.make(device.nextId(), file, request);
    try {
      return device
          .locked()
          .change(
              after -> {
                device.checkOpen(file, "given a framebuffer");
                listed.put(made.id(), made);
                return made;
              });
    } catch (DmaBufException gone) {
      made.unuse();
      throw gone;
    }
  }

  Optional<Framebuffer> find(int id) {
    return device.locked().change(after -> Optional.ofNullable(listed.get(id)));
  }

  void remove(KmsFile file, int id) {
    Framebuffer gone = owned(file, id);
    AtomicRequest empty = new AtomicRequest();
    device.state().showing(gone).forEach(empty::hide);
    if (!empty.planes().isEmpty()) {
      device.commits().internal(file, empty, EnumSet.noneOf(AtomicFlag.class));
    }
    close(file, id);
  }

  void close(KmsFile file, int id) {
    device.inside(
        () -> {
          Framebuffer gone = owned(file, id);
          boolean was = device.locked().change(after -> listed.remove(id, gone));
          if (was) {
            gone.unlist();
          }
          return gone;
        });
  }

  /** Takes all of a file off the list, under the lock; the caller drops their numbers' uses. */
  List<Framebuffer> unlist(KmsFile file) {
    List<Framebuffer> gone =
        listed.values().stream().filter(framebuffer -> framebuffer.owner() == file).toList();
    listed.values().removeAll(gone);
    return gone;
  }

  /** ENODEV when the display leaves, which takes all framebuffers off the list. */
  private Framebuffer owned(KmsFile file, int id) {
    return device
        .locked()
        .change(
            after -> {
              device.checkOpen(file, "relieved of framebuffer " + id);
              return Optional.ofNullable(listed.get(id));
            })
        .filter(framebuffer -> framebuffer.owner() == file)
        .orElseThrow(() -> unknown(file + " was to lose framebuffer", id));
  }

  /** Says that there is none of a number. */
  static DmaBufException unknown(String what, int id) {
    return new DmaBufException(
        Errno.ENOENT, what + " " + Integer.toUnsignedString(id) + "; there is none of that number");
  }
}
