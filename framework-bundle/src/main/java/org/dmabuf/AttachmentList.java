package org.dmabuf;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The attachments of one buffer, oldest first, linked through themselves: one goes in or out in the
 * same few steps, however many there are, and nothing is allocated for it.
 *
 * <pre>
 *   first --> [attachment] <--> [attachment] <--> [attachment] <-- last
 * </pre>
 *
 * <p>Guarded by the buffer's reservation. Kernel counterpart: {@code dma_buf.attachments}, a {@code
 * struct list_head}.
 */
final class AttachmentList implements Iterable<Attachment> {
  /** What links an attachment to its neighbours; of the list that it is in. */
  static final class Link {
    private Attachment previous;
    private Attachment next;
  }

  private Attachment first;
  private Attachment last;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** Puts one at the end that is in no list. */
  void add(Attachment attachment) {
    attachment.neighbours().previous = last;
    if (last == null) {
      first = attachment;
    } else {
      last.neighbours().next = attachment;
    }
    last = attachment;
    size++;
  }

  /** Takes one out that is in it; nothing when it is not. */
  void remove(Attachment attachment) {
    Link link = attachment.neighbours();
    if (link.previous == null && first != attachment) {
      return;
    }
    if (link.previous == null) {
      first = link.next;
    } else {
      link.previous.neighbours().next = link.next;
    }
    if (link.next == null) {
      last = link.previous;
    } else {
      link.next.neighbours().previous = link.previous;
    }
    link.previous = null;
    link.next = null;
    size--;
  }

  /** Returns what is in it now: who is told of something may end, and go out of it. */
  List<Attachment> copy() {
    List<Attachment> all = new ArrayList<>(size);
    forEach(all::add);
    return all;
  }

  @Override
  public Iterator<Attachment> iterator() {
    return new Iterator<>() {
      private Attachment at = first;

      @Override
      public boolean hasNext() {
        return at != null;
      }

      @Override
      public Attachment next() {
        if (at == null) {
          throw new NoSuchElementException("All attachments were seen");
        }
        Attachment now = at;
        at = now.neighbours().next;
        return now;
      }
    };
  }
}
