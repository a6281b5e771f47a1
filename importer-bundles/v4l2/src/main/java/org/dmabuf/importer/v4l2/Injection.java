package org.dmabuf.importer.v4l2;

import java.util.List;
import java.util.Optional;
import org.dmabuf.video.node.ControlId;
import org.dmabuf.video.node.ControlInfo;
import org.dmabuf.video.node.Controls;
import org.dmabuf.video.queue.FrameResult.Outcome;

/** Faults that a program asks a device for, to see what it makes of them. */
final class Injection {
  private Injection() {}

  /** The buttons for it. */
  static List<ControlInfo> controls() {
    return List.of(
        ControlInfo.button(ControlId.INJECT_ERROR, "Fail the next frame"),
        ControlInfo.button(ControlId.INJECT_BREAK, "Break the stream"));
  }

  /** Returns what is to become of the next frame; empty for nothing unusual. */
  static Optional<Outcome> next(Controls controls) {
    if (controls.takePressed(ControlId.INJECT_BREAK)) {
      return Optional.of(Outcome.BROKEN);
    }
    return controls.takePressed(ControlId.INJECT_ERROR)
        ? Optional.of(Outcome.ERROR)
        : Optional.empty();
  }
}
