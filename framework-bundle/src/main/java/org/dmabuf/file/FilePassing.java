package org.dmabuf.file;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * How files come into another client's table: sent and received, or inherited. Got by {@link
 * FileTable#passing()}.
 *
 * <pre>
 *   send(to, fd...) : the files are in flight, and held, until they are received
 *   receive()       : they get the receiver's lowest free numbers, in order
 *   inherit(parent) : an empty table gets all of another's, by the same numbers
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code SCM_RIGHTS} and {@code dup_fd()} of a fork.
 */
public final class FilePassing {
  private final FileTable table;

  FilePassing(FileTable table) {
    this.table = table;
  }

  /**
   * Sends files; the sender keeps its descriptors and may close them at once.
   *
   * @param to who is to receive them, never null
   * @param fds descriptors of this table, 1 to 253
   * @throws DmaBufException EBADF when one of them is not open, then nothing is sent; EINVAL for
   *     none or too many; ETOOMANYREFS when as many as the receiver's limit wait there; EPIPE when
   *     it is closed
   */
  public void send(FileTable to, int... fds) {
    List<OpenFile> files = new ArrayList<>(fds.length);
    try {
      for (int fd : fds) {
        files.add(table.get(fd));
      }
      to.inbox().add(files);
    } catch (DmaBufException refused) {
      files.forEach(OpenFile::put);
      throw refused;
    }
  }

  /**
   * Receives the oldest message that was sent to this table, without waiting.
   *
   * @param cloexec whether the descriptors are closed on exec: MSG_CMSG_CLOEXEC
   * @return the descriptors in the order of sending; those for which there was no number are
   *     missing at the end, and closed, as with MSG_CTRUNC; never null
   * @throws DmaBufException EAGAIN when there is no message; EBADF when the table is closed
   */
  public List<Integer> receive(boolean cloexec) {
    List<OpenFile> files = table.inbox().take();
    List<Integer> fds = new ArrayList<>(files.size());
    try {
      for (OpenFile file : files) {
        fds.add(table.install(file, cloexec));
      }
    } catch (DmaBufException full) {
      files.subList(fds.size(), files.size()).forEach(table::putGuarded);
      if (full.errno() != Errno.EMFILE) {
        throw full;
      }
    }
    return fds;
  }

  /**
   * Takes over all descriptors of another table by the same numbers, as a child does: files and
   * positions are shared, close on exec is copied. Mappings stay with the parent.
   *
   * @param parent the other table, never null
   * @throws DmaBufException EBUSY when this one is not empty, or its limit is lower than the
   *     numbers; EBADF when it is closed
   */
  public void inherit(FileTable parent) {
    parent.descriptors().copyTo(table.descriptors());
  }
}
