package org.dmabuf.display;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.debug.RankedLock;

/**
 * The state of a display: who has it open, what it shows and what comes next.
 *
 * <pre>
 *   files        [ master ] [ file ] ...            LIVE --leave()--> LEAVING --gone()--> GONE
 *   framebuffers  1  2  5
 *   setting      none | mode, vblanks
 *   pending      none | commit      --flipped()-->  onScreen   none | scanout
 *   completing   none | commit      --finish()-->   its event
 * </pre>
 *
 * <p>Its one lock guards these fields only. Nothing is called with it held, so what leaves the
 * state is returned to the caller, who gives it back.
 */
final class Crtc {
  private enum State {
    LIVE,
    LEAVING,
    GONE
  }

  private final DisplayInfo info;
  private final RankedLock lock;
  private final Condition idle;
  private final Set<DisplayFile> files = new HashSet<>();
  private final Map<Integer, Framebuffer> framebuffers = new LinkedHashMap<>();
  private State state = State.LIVE;
  private DisplayFile master;
  private Setting setting;
  private Commit pending;
  private Scanout onScreen;
  private Commit completing; // decided, its event is to come

  /** Makes one that shows nothing, with a lock that no call to others is made with. */
  Crtc(DisplayInfo info, RankedLock lock) {
    this.info = info;
    this.lock = lock;
    this.idle = lock.newCondition();
  }

  /** Adds a file; the first is the master. ENODEV. */
  void open(DisplayFile file) {
    lock.lock();
    try {
      checkLive("opened");
      files.add(file);
      if (master == null) {
        master = file;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sets a mode; returns the frame that leaves the screen. EACCES, EBUSY, ENODEV. */
  Optional<Framebuffer> setMode(DisplayFile file, Mode mode, long now) {
    lock.lock();
    try {
      checkLive("set to mode " + mode);
      checkMaster(file, "set mode " + mode);
      if (pending != null) {
        throw new DmaBufException(
            Errno.EBUSY,
            info.name()
                + " was to be set to "
                + mode
                + " while frame "
                + pending.cookie()
                + " is pending; wait for its event");
      }
      if (setting != null && setting.mode().equals(mode)) {
        return Optional.empty();
      }
      setting = Setting.of(mode, now);
      return blank();
    } finally {
      lock.unlock();
    }
  }

  /** Lists a framebuffer. ENODEV; EBADF when its owner was closed meanwhile. */
  void add(Framebuffer framebuffer) {
    lock.lock();
    try {
      checkLive("given a framebuffer");
      if (!files.contains(framebuffer.owner())) {
        throw new DmaBufException(
            Errno.EBADF, framebuffer.owner() + " was closed while a framebuffer was added to it");
      }
      framebuffers.put(framebuffer.id(), framebuffer);
    } finally {
      lock.unlock();
    }
  }

  /** Takes a framebuffer off the list. ENOENT, ENODEV. */
  Framebuffer remove(DisplayFile file, int id) {
    lock.lock();
    try {
      checkLive("relieved of framebuffer " + id);
      return framebuffers.remove(find(file, id).id());
    } finally {
      lock.unlock();
    }
  }

  /** Checks that a commit would be accepted now; returns its framebuffer, used once more. */
  Framebuffer check(DisplayFile file, CommitRequest request) {
    lock.lock();
    try {
      Framebuffer framebuffer = acceptable(file, request);
      if (!framebuffer.tryUse()) {
        throw new IllegalStateException("Framebuffer " + request.fb() + " is listed and released");
      }
      return framebuffer;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the mode as it is set, for a commit that was checked. ENODEV; EINVAL when none is. */
  Setting setting(DisplayFile file) {
    lock.lock();
    try {
      checkLive("committed to");
      return litFor(file);
    } finally {
      lock.unlock();
    }
  }

  /** Makes a commit the pending one; its checks are made once more. */
  void begin(CommitRequest request, Commit commit) {
    lock.lock();
    try {
      Framebuffer framebuffer = acceptable(commit.file(), request);
      if (framebuffer != commit.framebuffer() || !setting.equals(commit.setting())) {
        throw new DmaBufException(
            Errno.EBUSY,
            info.name()
                + " was given another mode or framebuffer while frame "
                + request.cookie()
                + " was committed; commit again");
      }
      pending = commit;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the pending commit, or null. */
  Commit pending() {
    lock.lock();
    try {
      return pending;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The pending commit was decided, and another one can be made: returns the framebuffers that one
   * use is to be taken from before {@link #finish}.
   *
   * @param shown what is on the screen from now on, or null when that did not change
   */
  List<Framebuffer> flipped(Scanout shown) {
    lock.lock();
    try {
      List<Framebuffer> left = new ArrayList<>(2);
      boolean stays = shown != null && state != State.GONE && files.contains(pending.file());
      if (stays) {
        blank().ifPresent(left::add);
        onScreen = shown;
      } else {
        if (shown != null) {
          shown.retire();
        }
        left.add(pending.framebuffer());
      }
      completing = pending;
      pending = null;
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** What {@link #flipped} returned is given back: the event can be taken from now on. */
  void finish(FlipEvent event) {
    lock.lock();
    try {
      completing.file().deliver(event);
      completing = null;
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns what is on the screen with its framebuffer used once more, or null when it is dark. */
  Scanout useScreen() {
    lock.lock();
    try {
      return onScreen != null && onScreen.framebuffer().tryUse() ? onScreen : null;
    } finally {
      lock.unlock();
    }
  }

  /** A file is being closed: cancels its pending commit. */
  void cancel(DisplayFile file) {
    lock.lock();
    try {
      files.remove(file);
      if (pending != null && pending.file() == file) {
        pending.cancel();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until no commit of a file is pending and nothing is about to be given back or told, at
   * most for a real time; returns whether so.
   */
  boolean awaitIdle(DisplayFile file, long millis) {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    boolean interrupted = false;
    lock.lock();
    try {
      while (isBusyFor(file) && left > 0) {
        try {
          left = idle.awaitNanos(left);
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
      return !isBusyFor(file);
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A file is closed: returns all that it had, the screen included when it was the master. */
  List<Framebuffer> close(DisplayFile file) {
    lock.lock();
    try {
      List<Framebuffer> left = new ArrayList<>();
      framebuffers.values().stream().filter(fb -> fb.owner() == file).forEach(left::add);
      framebuffers.values().removeAll(left);
      if (master == file) {
        master = null;
        setting = null;
        blank().ifPresent(left::add);
      }
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** The driver leaves: nothing new; what is pending is canceled unless it was decided. */
  void leave() {
    lock.lock();
    try {
      state = State.LEAVING;
      if (pending != null) {
        pending.cancel();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isLeaving() {
    lock.lock();
    try {
      return state != State.LIVE;
    } finally {
      lock.unlock();
    }
  }

  /** What is left when the driver has gone; the screen's framebuffer is among the others. */
  record Left(List<DisplayFile> files, List<Framebuffer> framebuffers, Optional<Scanout> screen) {}

  /** The driver has gone: returns all that is left, framebuffers with one use to be taken each. */
  Left gone() {
    lock.lock();
    try {
      state = State.GONE;
      List<Framebuffer> left = new ArrayList<>(framebuffers.values());
      framebuffers.clear();
      Optional<Scanout> screen = Optional.ofNullable(onScreen);
      blank().ifPresent(left::add);
      Left all = new Left(List.copyOf(files), left, screen);
      files.clear();
      master = null;
      setting = null;
      return all;
    } finally {
      lock.unlock();
    }
  }

  private boolean isBusyFor(DisplayFile file) {
    return (pending != null && pending.file() == file) || completing != null;
  }

  private Framebuffer acceptable(DisplayFile file, CommitRequest request) {
    checkLive("given frame " + request.cookie());
    checkMaster(file, "commit frame " + request.cookie());
    Mode mode = litFor(file).mode();
    Framebuffer framebuffer = find(file, request.fb());
    if (framebuffer.layout().width() < mode.width()
        || framebuffer.layout().height() < mode.height()) {
      throw new DmaBufException(
          Errno.ENOSPC,
          "Framebuffer %d of %s is %dx%d and does not fill mode %s"
              .formatted(
                  request.fb(),
                  info.name(),
                  framebuffer.layout().width(),
                  framebuffer.layout().height(),
                  mode));
    }
    if (pending != null) {
      throw new DmaBufException(
          Errno.EBUSY,
          info.name()
              + " was given frame "
              + request.cookie()
              + " while frame "
              + pending.cookie()
              + " is pending; wait for its event");
    }
    if (file.isFull(completing == null ? 0 : 1)) {
      throw new DmaBufException(
          Errno.ENOMEM,
          file + " has " + DisplayFile.MAX_EVENTS + " events that were not taken; take some");
    }
    return framebuffer;
  }

  private Setting litFor(DisplayFile file) {
    if (setting == null) {
      throw new DmaBufException(Errno.EINVAL, file + " has no mode; set one before a commit");
    }
    return setting;
  }

  private Framebuffer find(DisplayFile file, int id) {
    Framebuffer framebuffer = framebuffers.get(id);
    if (framebuffer == null || framebuffer.owner() != file) {
      throw new DmaBufException(
          Errno.ENOENT, file + " has no framebuffer " + id + "; add it first");
    }
    return framebuffer;
  }

  private void checkLive(String what) {
    if (state != State.LIVE) {
      throw new DmaBufException(
          Errno.ENODEV, info.name() + " was " + what + " when it leaves; open its successor");
    }
  }

  private void checkMaster(DisplayFile file, String what) {
    if (master != file) {
      throw new DmaBufException(
          Errno.EACCES, file + " was to " + what + " but is not the master; " + master + " is");
    }
  }

  /** The screen goes dark; returns what was on it. */
  private Optional<Framebuffer> blank() {
    if (onScreen == null) {
      return Optional.empty();
    }
    Framebuffer left = onScreen.framebuffer();
    onScreen.retire();
    onScreen = null;
    return Optional.of(left);
  }
}
