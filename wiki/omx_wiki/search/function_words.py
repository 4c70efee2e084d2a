"""English words that tell no topic, or little: queries leave them out or count them less, never the index."""

from __future__ import annotations

FUNCTION_WORDS = frozenset(
    """
    a about after again all also am an and any anyone anything are as at be because been before
    being both but by can cannot could did do does doing done each either else every for from get
    gets getting give got had has have having he her here him his how i if in into is it its itself
    just know let like made make makes many may me might more most much must my need needs no nor
    not of off on once one only onto or other our out over own please same shall she should show so
    some something such tell than that the their them then there these they this those through to
    too under until up upon us use used uses using very want wants was way we were what when where
    whether which while who whom whose why will with within without would you your
    """.split()  # noqa: SIM905 - a list of 160 quoted words is hard to read
)

EVERYDAY_WORDS = frozenset(
    """
    able above across afterwards against ago ahead alone along already alright although always among
    another anybody anyhow anyway apart around aside ask asked asking asks away back bad became become
    becomes becoming began begin beginning begins behind below beside best better between beyond big
    bigger biggest bit breaking bring bringing brings broke brought bunch call called calling calls came
    care caring case cases cause causes causing certain certainly changing clear colleague come comes
    coming common completely concern concerns correct correctly couple course day days deal dealing
    decide decided decides deciding definitely different differently difficult directly dozen during
    early easier easily easy effort end ended ending ends enough entire especially even ever everybody
    everyday everyone everything everytime everywhere exactly example expect expected explain explained
    explaining explains extra fact facts fail fails fall falls far fast feel feeling feels felt few
    fewer figure final finally find finding finds fine first fits five follow followed following follows
    forever form former forth found four friend full fully further general generally given gives giving
    go goes going gone good great guess guesses guessing guy guys half hand happen happened happening
    happens hard hate hear heard hearing helped helps hold holds hope hopefully hoping hour hours
    however huge hundred idea ideas important inside instead interesting issue issues job keep keeping
    keeps kept kind kinds known knows last late lately later latest lead leads learn learned learning
    least leave leaves leaving left less life little live lived lives long longer look looking looks
    lose loses losing lost lots love low main mainly man matter mattered matters maybe mean meaning
    means meant mention mentioned mind minding mine minute minutes mistake moment month months morning
    mostly move moved moves moving nearly necessary never next nice night nobody none normal normally
    nothing notice noticed noticing now obvious obviously offered often old older opinion opinions
    others otherwise outside part particular parts past people per perhaps person place places plan
    planned plans play plenty point pointed points possible possibly present pretty prevent preventing
    prevents probably problem problems proper properly put puts putting puzzled question questions quick
    quickly quite rather ready real really reason reasons recent recently regarding related remember
    remembered remembering reminded rest result return returned returning returns rid right run running
    runs said say says second seconds see seem seems seen send sending sends sense sent separate set
    seven several short shows side similar simple simply since single sits sitting six size slightly
    small somebody somehow someone sometimes somewhat somewhere soon sort sorted sorts speak speaking
    special specific spend spends spent stand standing stands start started starting starts stay stayed
    staying stays step still stop stopped stopping stops story stuff stupid suddenly suppose supposed
    supposedly sure surely surprise surprised surprising take taken takes taking talk talking telling
    ten tend tends terrible thing things think thinking though thought thoughts thousand three
    throughout till time times today together told tomorrow tonight took top totally touch touching
    toward towards tried tries true truth try trying turn turned turning turns twice two unable
    understand understanding unfortunately useful user usual usually various wanting ways week weeks
    well went whatever whenever wherever whoever whole wish wishes woman wonder wondering word words
    work worked working works world worried worries worry worrying worse worst worth write wrong year
    years yesterday yet young yours
    """.split()  # noqa: SIM905 - as above
)
"""Frequent in questions whatever they are about, and rare in a wiki, which would make them look telling."""
