package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.inject.Inject;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.kms.KmsInfo;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.format.Fourcc;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.itests.FrameUse.Fencing;
import org.dmabuf.itests.FrameUse.Role;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.Constraint;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.Negotiation;
import org.dmabuf.negotiation.Refusal;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized.Parameters;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExamParameterized;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;

/**
 * Each exporter with each device, and with each two devices on one buffer, over formats and ways of
 * fencing, through the frame cycle. What cannot work is refused by negotiation, which names the
 * constraint; what is refused and tried all the same is refused by the device, or works. A picture
 * is never broken: the last one is checked by checksum, wherever it has come to.
 */
@RunWith(PaxExamParameterized.class)
@ExamReactorStrategy(PerClass.class)
public class CombinationsIT {
  static final int WIDTH = 128;
  private static final int HEIGHT = 96;
  private static final int FRAMES = 3;
  private static final String RESERVED = "reserved";
  private static final String CAMERA = "camera";
  private static final String CAMERA_RUN = "camera-run";
  private static final String RECORDER = "recorder";
  private static final String RECORDER_RUN = "recorder-run";
  private static final String CONVERTER = "converter";
  private static final String SCREEN = "screen";
  private static final String SCREEN_RGB = "screen-rgb";
  private static final List<PixelFormat> FORMATS =
      List.of(
          PixelFormat.NV12,
          PixelFormat.YUYV,
          PixelFormat.XRGB8888,
          PixelFormat.RGB565,
          PixelFormat.GREY);
  private static final List<PixelFormat> RGB = List.of(PixelFormat.XRGB8888, PixelFormat.RGB565);
  private static final Mode MODE = new Mode(WIDTH, HEIGHT, Mode.MAX_REFRESH_MILLI_HZ);

  @Rule public final LogWatch log = new LogWatch();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  @Inject private BundleContext context;
  private final String exporter;
  private final Map<String, FrameUse> devices = new LinkedHashMap<>();
  private final List<String> table = new ArrayList<>();
  private int shared;
  private int refused;
  private int tried;
  private int refusedByDevice;
  private LeakCheck leaks;
  private DmaBufRegistry registry;
  private PipelineFixture configurations;
  private final List<ScreenUse> screens = new ArrayList<>();
  private KmsDevice rgb; // a display of the test's own
  private BufferMaker maker;

  public CombinationsIT(String exporter) {
    this.exporter = exporter;
  }

  @Parameters
  public static List<Object[]> exporters() {
    return BufferMaker.names().stream().map(name -> new Object[] {name}).toList();
  }

  @Configuration
  public static Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void configure() {
    registry = Services.get(context, DmaBufRegistry.class);
    Services.get(context, HeapDevice.class);
    leaks = new LeakCheck(registry);
    configurations = new PipelineFixture(context);
    configurations.add("org.dmabuf.vivid.capture", Map.of("dmabuf.node", BufferMaker.MMAP));
    maker = BufferMaker.of(context, registry, exporter);
    video(CAMERA, VideoUse.Kind.CAMERA, "org.dmabuf.vivid.capture", false);
    video(CAMERA_RUN, VideoUse.Kind.CAMERA, "org.dmabuf.vivid.capture", true);
    video(RECORDER, VideoUse.Kind.RECORDER, "org.dmabuf.vivid.output", false);
    video(RECORDER_RUN, VideoUse.Kind.RECORDER, "org.dmabuf.vivid.output", true);
    video(CONVERTER, VideoUse.Kind.CONVERTER, "org.dmabuf.vim2m", false);
    configurations.add(
        "org.dmabuf.display", Map.of("device", SCREEN, "screens", WIDTH + "x" + HEIGHT + "@1000"));
    screen(Services.get(context, DisplayDevice.class, DisplayDevice.NAME, SCREEN));
    rgb =
        KmsDevice.start(
            registry,
            new KmsInfo(
                SCREEN_RGB,
                RGB,
                16,
                1024,
                List.of(new KmsInfo.Screen(List.of(MODE), 0, false, false)),
                Set.of()));
    screen(rgb);
  }

  private void screen(DisplayDevice display) {
    ScreenUse use = new ScreenUse(registry, display);
    screens.add(use);
    devices.put(use.name(), use);
  }

  private void video(String name, VideoUse.Kind kind, String pid, boolean oneRun) {
    Path record = new File(folder.getRoot(), name).toPath();
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("dmabuf.node", name);
    settings.put("memory", oneRun ? "CONTIGUOUS" : "SCATTERED");
    settings.put("formats", FORMATS.stream().map(CombinationsIT::code).toArray(String[]::new));
    if (kind == VideoUse.Kind.RECORDER) {
      settings.put("record", record.toString());
      settings.put("hold", false);
    }
    configurations.add(pid, settings);
    DeviceNode node = Services.get(context, DeviceNode.class, DeviceNode.NAME, name);
    devices.put(name, new VideoUse(kind, node, registry, oneRun, record));
  }

  private static String code(PixelFormat format) {
    return Fourcc.text(format.v4l2Fourcc());
  }

  @After
  public void nothingIsLeft() {
    screens.forEach(ScreenUse::close);
    rgb.close();
    configurations.close();
    devices.put(BufferMaker.MMAP, null);
    Until.holds(() -> nodes() == 0, () -> nodes() + " of the devices are gone");
    leaks.nothingIsLeft();
  }

  private long nodes() {
    try {
      return context.getServiceReferences(DeviceNode.class, null).stream()
          .filter(node -> devices.containsKey(String.valueOf(node.getProperty(DeviceNode.NAME))))
          .count();
    } catch (InvalidSyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Test
  public void shouldShareEachBufferOrSayWhyNot() {
    List<FrameUse> all = List.copyOf(devices.values());
    for (int i = 0; i < all.size(); i++) {
      combine(List.of(all.get(i)));
      for (int j = i + 1; j < all.size(); j++) {
        combine(List.of(all.get(i), all.get(j)));
      }
    }
    System.out.println(
        "exporter    devices                      formats, each with all ways of fencing");
    table.forEach(System.out::println);
    System.out.printf(
        "%-11s %d combinations shared, %d refused; of %d tried all the same the device refused"
            + " %d%n",
        exporter, shared, refused, tried, refusedByDevice);
    assertThat(shared).as("combinations that work").isPositive();
    assertThat(refused).as("combinations that are refused").isPositive();
  }

  /** All formats and ways of fencing of one exporter and some devices: a line of the table. */
  private void combine(List<FrameUse> uses) {
    List<String> works = new ArrayList<>();
    Set<String> reasons = new LinkedHashSet<>();
    for (PixelFormat format : FORMATS) {
      BufferRequest request = BufferRequest.frame(WIDTH, HEIGHT, format);
      List<ImporterNeeds> needs = uses.stream().map(FrameUse::needs).toList();
      Negotiation answer = maker.negotiate(request, needs);
      Set<String> expected = expected(uses, format);
      assertThat(found(answer)).as(answer.sentence()).isEqualTo(expected);
      if (expected.isEmpty()) {
        for (Fencing fencing : Fencing.values()) {
          share(uses, format, fencing, maker.make(request, needs));
          shared++;
        }
        works.add(code(format));
      } else {
        refused += Fencing.values().length;
        reasons.add(answer.candidates().getFirst().reasons());
        isNotBroken(uses, format);
      }
    }
    table.add(line(uses, works, reasons));
  }

  private String line(List<FrameUse> uses, List<String> works, Set<String> reasons) {
    String names = uses.stream().map(FrameUse::name).collect(Collectors.joining(" + "));
    String ok = works.isEmpty() ? "" : "ok " + String.join(" ", works);
    String no = reasons.isEmpty() ? "" : "refused: " + String.join(" | ", reasons);
    return "%-11s %-28s %-26s %s".formatted(exporter, names, ok, no).stripTrailing();
  }

  /** Who refuses what, as it follows from how the devices were configured. */
  private Set<String> expected(List<FrameUse> uses, PixelFormat format) {
    Set<String> expected = new TreeSet<>();
    for (FrameUse use : uses) {
      boolean oneRun = use.name().endsWith("-run");
      if (oneRun && !exporter.equals(RESERVED)) {
        expected.add(use.name() + " " + Constraint.CONTIGUITY);
      }
      if (use.name().equals(SCREEN_RGB) && !RGB.contains(format)) {
        expected.add(use.name() + " " + Constraint.FORMAT);
      }
    }
    return expected;
  }

  private static Set<String> found(Negotiation answer) {
    Set<String> found = new TreeSet<>();
    for (Refusal refusal : answer.candidates().getFirst().refusals()) {
      found.add(refusal.who() + " " + refusal.constraint());
    }
    return found;
  }

  /** What negotiation refuses, the device refuses too, unless it happens to work. */
  @SuppressWarnings("MissingFail") // to work is an answer, too
  private void isNotBroken(List<FrameUse> uses, PixelFormat format) {
    long bytes = FrameLayout.of(format, WIDTH, HEIGHT, 1).size();
    tried++;
    try {
      share(uses, format, Fencing.IMPLICIT, maker.make(bytes));
    } catch (DmaBufException refusal) {
      assertThat(refusal.sentence()).isNotEmpty();
      refusedByDevice++;
    }
  }

  /** The frame cycle: who writes comes first; where nobody does, the program itself. */
  private void share(List<FrameUse> uses, PixelFormat format, Fencing fencing, int fd) {
    FrameLayout layout = FrameLayout.of(format, WIDTH, HEIGHT, 1);
    SharedFrame frame = new SharedFrame(registry, exporter, layout, fd, false, maker::make);
    List<FrameUse> order = new ArrayList<>(uses);
    order.sort((a, b) -> Boolean.compare(!writes(a, uses), !writes(b, uses)));
    try {
      for (FrameUse use : order) {
        use.begin(frame, writes(use, uses) ? Role.WRITES : Role.READS, fencing);
      }
      boolean written = writes(order.getFirst(), uses);
      for (int number = 0; number < FRAMES; number++) {
        if (!written) {
          frame.fill(number);
        }
        cycle(order, written, fencing);
      }
      frame.holds(FRAMES - 1);
      order.forEach(use -> use.check(FRAMES));
    } finally {
      order.forEach(FrameUse::end);
      frame.close();
    }
  }

  private void cycle(List<FrameUse> order, boolean written, Fencing fencing) {
    OptionalInt fence = OptionalInt.empty();
    for (FrameUse use : order) {
      boolean first = use == order.getFirst();
      boolean asks = first && written && fencing == Fencing.EXPLICIT && order.size() > 1;
      OptionalInt made = use.submit(fence, asks);
      fence = first ? made : fence;
      if (fencing == Fencing.NONE) {
        use.complete();
      }
    }
    if (fencing != Fencing.NONE) {
      order.forEach(FrameUse::complete);
    }
    fence.ifPresent(registry.files()::close);
  }

  /** Cameras write; the converter does unless a camera does; of two cameras both, in turns. */
  private static boolean writes(FrameUse use, List<FrameUse> uses) {
    boolean camera = uses.stream().anyMatch(other -> other.name().startsWith(CAMERA));
    return use.name().startsWith(CAMERA) || (use.name().equals(CONVERTER) && !camera);
  }
}
