//! Portuguese, for Brazil and Portugal alike: without *você* or *tu*, in words of both.

use super::super::pt::PHRASES as PAGE;
use super::{CheckPhrases, Common};

pub(super) const PHRASES: CheckPhrases = CheckPhrases {
    title: "Está ao telefone com o suporte?",
    no_script_why: "Esta página confirma quem está a falar com o suporte. Ative o JavaScript para \
                    este site e abra o link de novo, ou abra-o em outro navegador.",
    why: "{by} ({brand}) está ao telefone com alguém que se apresentou com o seu nome. É com {by} \
          que fala neste momento?",
    why_vouching: "{by} ({brand}) está ao telefone com alguém que se apresentou como {person} e \
                   pede que responda por essa pessoa. Continue apenas se falou pessoalmente com \
                   {person} e fala neste momento com {by}.",
    deny: "Não sou eu",
    deny_vouching: "Não respondo por isto",
    common: Common::of(&PAGE),
    ask: "Está ao telefone com o suporte agora?",
    code: "Dois algarismos",
    code_why: "{} diz os algarismos por telefone. Não digite os que lhe cheguem de outra forma.",
    code_missing: "Digite os dois algarismos que ouve ao telefone.",
    confirm: "Confirmar",
    sending: "Um momento…",
    wrong: "Esses não são os algarismos certos.",
    tries: ["Resta uma tentativa.", "Tem {} tentativas."],
    sure: "Quer avisar o suporte?",
    sure_why: "Este pedido termina de imediato, e {} recebe o aviso de que alguém talvez se faça \
               passar por outra pessoa. Se está ao telefone com o suporte neste momento, volte \
               atrás.",
    tell: "Sim, avisar",
    back: "Voltar",
    done: "Confirmado, agradecemos",
    done_why: "{} já tem a confirmação. Continue a sua chamada; pode fechar esta página.",
    told: "Aviso enviado, agradecemos",
    told_why: "Este pedido já não serve a ninguém. Alguém lhe ligou para obter estes algarismos? \
               Desligue e ligue para {}.",
    told_desk: "Este pedido já não serve a ninguém. Alguém lhe ligou para obter estes algarismos? \
                Desligue e ligue para o suporte.",
    dead_why: "Já foi respondido, o prazo terminou ou há um mais recente. Não fez nada de errado.",
    partial_why: "Abra-o de novo a partir da mensagem ou copie o link inteiro.",
    call: "Se está ao telefone com o suporte, peça um novo link. Se não está, ligue para {}.",
    call_desk: "Se está ao telefone com o suporte, peça um novo link. Se não está, ligue para o \
                suporte.",
};
