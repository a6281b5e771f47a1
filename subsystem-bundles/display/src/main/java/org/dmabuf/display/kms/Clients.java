package org.dmabuf.display.kms;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Who has a display open, and who of them is the master.
 *
 * <pre>
 *   master   nobody --a file is opened--> that --it is closed--> nobody
 *   LIVE --leave()--> GONE   nobody can open it any more
 * </pre>
 *
 * <p>Guarded by the display's lock. Kernel counterpart: {@code drm_auth.c}.
 */
final class Clients {
  private final String device;
  private final Set<KmsFile> files = new HashSet<>();
  private KmsFile master;
  private boolean gone;

  Clients(String device) {
    this.device = device;
  }

  /** Adds a file; ENODEV. */
  void add(KmsFile file) {
    checkLive("opened");
    files.add(file);
    if (master == null) {
      master = file;
    }
  }

  /** Takes a file away; returns whether it was there. */
  boolean remove(KmsFile file) {
    if (isMaster(file)) {
      master = null;
    }
    return files.remove(file);
  }

  /** The display goes. */
  void leave() {
    gone = true;
  }

  boolean isGone() {
    return gone;
  }

  List<KmsFile> all() {
    return List.copyOf(files);
  }

  boolean isMaster(KmsFile file) {
    return master == file;
  }

  /** ENODEV when the display has gone, EBADF when the file is closed. */
  void checkOpen(KmsFile file, String what) {
    checkLive(what);
    if (!files.contains(file)) {
      throw new DmaBufException(Errno.EBADF, file + " was " + what + " after close; open it again");
    }
  }

  /** As checkOpen, and EACCES when another file is the master. */
  void checkMaster(KmsFile file, String what) {
    checkOpen(file, "asked to " + what);
    if (!isMaster(file)) {
      throw new DmaBufException(
          Errno.EACCES, file + " was to " + what + " but is not the master; " + master + " is");
    }
  }

  private void checkLive(String what) {
    if (gone) {
      throw new DmaBufException(
          Errno.ENODEV,
          "Display " + device + " was " + what + " after it had gone; open its successor");
    }
  }
}
