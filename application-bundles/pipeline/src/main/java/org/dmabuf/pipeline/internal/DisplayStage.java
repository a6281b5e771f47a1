package org.dmabuf.pipeline.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.CommitRequest;
import org.dmabuf.display.DisplayDevice;
import org.dmabuf.display.DisplayFile;
import org.dmabuf.display.FlipEvent;
import org.dmabuf.display.Mode;
import org.dmabuf.display.Picture;
import org.dmabuf.display.ScanoutRecorder;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.Modifier;

/**
 * The display that the pipeline has open, with a framebuffer for each of its buffers.
 *
 * <pre>
 *   IDLE --commit--> PENDING --flip, skip, cancel--> IDLE
 *   IDLE, PENDING --driver goes, all events taken--> GONE
 * </pre>
 *
 * <p>Used by the pipeline's thread only, but for {@link #snapshot()}.
 */
final class DisplayStage implements AutoCloseable {
  enum State {
    IDLE,
    PENDING,
    GONE
  }

  private final DisplayDevice device;
  private final String name;
  private final DisplayFile file;
  private final Map<Integer, Integer> framebuffers = new HashMap<>();
  private State state = State.IDLE;

  DisplayStage(
      DisplayDevice device,
      Settings settings,
      FileTable files,
      ScanoutRecorder recorder,
      Runnable wake) {
    this.device = device;
    this.name = device.info().name();
    this.file = device.open(files);
    try {
      file.setMode(new Mode(settings.width(), settings.height(), settings.rate().milliHertz()));
      file.setRecorder(recorder);
      file.setListener(wake);
    } catch (RuntimeException refused) {
      file.close();
      throw refused;
    }
  }

  boolean isOf(DisplayDevice other) {
    return device == other;
  }

  String name() {
    return name;
  }

  State state() {
    return state;
  }

  String describe() {
    return "display " + name + " is " + state;
  }

  /**
   * Attaches the display to all buffers, before there are frames in them: a buffer whose exporter
   * has gone may refuse later, and then its frame could not be shown.
   */
  void prepare(Buffers buffers) {
    if (state == State.GONE || framebuffers.size() == buffers.count()) {
      return;
    }
    for (Slot slot : buffers.slots()) {
      framebuffer(slot, buffers.layout());
    }
  }

  private int framebuffer(Slot slot, FrameLayout layout) {
    return framebuffers.computeIfAbsent(
        slot.index(), index -> file.addFramebuffer(slot.fd(), layout, Modifier.LINEAR));
  }

  /** Commits a frame; false when the display has gone. */
  boolean commit(Ticket ticket, FrameLayout layout) {
    Slot slot = ticket.slot();
    try {
      file.commit(CommitRequest.of(framebuffer(slot, layout), ticket.cookie()));
      state = State.PENDING;
      return true;
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ENODEV) {
        throw refused;
      }
      state = State.GONE;
      return false;
    }
  }

  /** Takes one event; empty when there is none, and when the display has gone. */
  Optional<FlipEvent> next() {
    if (state == State.GONE) {
      return Optional.empty();
    }
    try {
      Optional<FlipEvent> event = file.nextEvent();
      if (event.isPresent()) {
        state = State.IDLE;
      }
      return event;
    } catch (DmaBufException gone) {
      state = State.GONE;
      return Optional.empty();
    }
  }

  /** Forgets the framebuffers; what is on the screen stays there until it is replaced. */
  void dropFramebuffers() {
    for (int fb : framebuffers.values()) {
      if (state != State.GONE) {
        remove(fb);
      }
    }
    framebuffers.clear();
  }

  /** A driver may leave between any two calls; its framebuffers went with it. */
  private void remove(int fb) {
    try {
      file.removeFramebuffer(fb);
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ENODEV) {
        throw refused;
      }
      state = State.GONE;
    }
  }

  Optional<Picture> snapshot() {
    return file.snapshot();
  }

  @Override
  public void close() {
    file.setListener(null);
    file.setRecorder(null);
    file.close();
    state = State.GONE;
  }
}
