package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The list of a buffer's attachments, beside a list of Java's. */
class AttachmentListTest {
  @RegisterExtension final Framework framework = new Framework();
  private final AttachmentList list = new AttachmentList();
  private final List<Attachment> expected = new ArrayList<>();
  private DmaBuf[] buffers;

  /** Attachments that are in the lists of buffers of their own, out of which they are taken. */
  @BeforeEach
  void attach() {
    DmaBufRegistry client = framework.open("client");
    buffers = new DmaBuf[8];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = RecordingExporter.of(client, false).export(client);
    }
  }

  private Attachment attachment(int index) {
    Attachment attachment = buffers[index].attach(DmaDevice.named("device" + index));
    attachment.buffer().attachments().remove(attachment);
    return attachment;
  }

  private void isAsExpected() {
    assertThat(list).containsExactlyElementsOf(expected);
    assertThat(list.copy()).isEqualTo(expected);
    assertThat(list.size()).isEqualTo(expected.size());
    assertThat(list.isEmpty()).isEqualTo(expected.isEmpty());
  }

  @Test
  void keepsTheirOrderWhateverGoes() {
    Random random = new Random(7);
    List<Attachment> out = new ArrayList<>();
    for (int i = 0; i < buffers.length; i++) {
      out.add(attachment(i));
    }
    isAsExpected();
    for (int step = 0; step < 1000; step++) {
      if (!out.isEmpty() && random.nextBoolean()) {
        Attachment next = out.remove(random.nextInt(out.size()));
        list.add(next);
        expected.add(next);
      } else if (!expected.isEmpty()) {
        Attachment next = expected.remove(random.nextInt(expected.size()));
        list.remove(next);
        list.remove(next);
        out.add(next);
      }
      isAsExpected();
    }
  }

  @Test
  void endsWithItsLast() {
    list.add(attachment(0));
    Iterator<Attachment> all = list.iterator();
    assertThat(all.next().device().name()).isEqualTo("device0");
    assertThat(all.hasNext()).isFalse();
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(all::next);
  }
}
