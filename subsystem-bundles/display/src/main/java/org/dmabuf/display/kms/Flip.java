package org.dmabuf.display.kms;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.fence.DmaFence;

/**
 * What one commit does to one CRTC.
 *
 * @param commit of which it is part, never null
 * @param crtc to which, never null
 * @param modeset whether it switches the CRTC, for which no vblank is waited for
 * @param scene what is on the screen from then on, empty for a dark one, never null
 * @param changes of the CRTC's planes, the lower ones first, never null
 * @param event the client's number for the event, empty for none, never null
 * @param outFence what is to complete then, empty for none, never null
 * @param writebacks what is to be written then, never null
 */
record Flip(
    Commit commit,
    Crtc crtc,
    boolean modeset,
    Optional<Scene> scene,
    List<PlaneChange> changes,
    OptionalLong event,
    Optional<DmaFence> outFence,
    List<WritebackJob> writebacks) {

  /**
   * What becomes of a plane.
   *
   * @param plane which, never null
   * @param before what it was set to, never null
   * @param after what it is set to, never null
   */
  record PlaneChange(Plane plane, PlaneState before, PlaneState after) {
    /** Whether it shows something else: then one of the two framebuffers loses a use. */
    boolean isOther() {
      return before.framebuffer().orElse(null) != after.framebuffer().orElse(null);
    }
  }

  /** Returns the framebuffers that are no longer shown then, with one use each. */
  List<Framebuffer> left() {
    List<Framebuffer> left = List.of();
    for (PlaneChange change : changes) {
      if (change.isOther() && change.before().framebuffer().isPresent()) {
        left = Lists.with(left, change.before().framebuffer().get());
      }
    }
    return left;
  }

  /** Returns the framebuffers that it was asked to show, the lower planes' first. */
  List<Framebuffer> frames() {
    return changes.stream().flatMap(change -> change.after().framebuffer().stream()).toList();
  }
}
